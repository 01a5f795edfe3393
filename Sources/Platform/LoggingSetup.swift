public import Logging

/// How every daemon logs: one line per event on standard error, with its metadata.
public enum LoggingSetup {
    /// Call once, first thing in a process.
    /// - level: `trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical`; `LOG_LEVEL` in the environment wins.
    public static func bootstrap(level: Logger.Level = .info, environment: [String: String] = ProcessEnvironment.current) {
        let chosen = environment["LOG_LEVEL"].flatMap { Logger.Level(rawValue: $0.lowercased()) } ?? level
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = chosen
            return AdjustableLogHandler(handler)
        }
    }
}

/// Lets more through while `LoggingVerbosity` is raised.
struct AdjustableLogHandler: LogHandler {
    private var handler: any LogHandler

    init(_ handler: any LogHandler) { self.handler = handler }

    var logLevel: Logger.Level {
        get {
            switch LoggingVerbosity.current {
            case 0: handler.logLevel
            case 1: min(handler.logLevel, .debug)
            default: .trace
            }
        }
        set { handler.logLevel = newValue }
    }
    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }
    var metadataProvider: Logger.MetadataProvider? {
        get { handler.metadataProvider }
        set { handler.metadataProvider = newValue }
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    func log(
        level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String, function: String,
        line: UInt
    ) {
        handler.log(level: level, message: message, metadata: metadata, source: source, file: file, function: function, line: line)
    }
}
