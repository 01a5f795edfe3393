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
            return handler
        }
    }
}
