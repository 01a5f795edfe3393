/// How far a rolling replacement may dip and swell (contracts/marathon.md §8, §12.3). Both are fractions of `instances`.
public struct UpgradeStrategy: Sendable, Hashable {
    public var minimumHealthCapacity: Double
    public var maximumOverCapacity: Double

    public init(minimumHealthCapacity: Double = 1, maximumOverCapacity: Double = 1) {
        self.minimumHealthCapacity = minimumHealthCapacity
        self.maximumOverCapacity = maximumOverCapacity
    }

    /// The default of apps with persistent or external volumes.
    public static let forVolumes = UpgradeStrategy(minimumHealthCapacity: 0.5, maximumOverCapacity: 0)

    init(_ reader: ObjectReader) {
        self.init(
            minimumHealthCapacity: reader.double("minimumHealthCapacity") ?? 1,
            maximumOverCapacity: reader.double("maximumOverCapacity") ?? 1)
    }

    public var json: JSONValue {
        [
            "minimumHealthCapacity": .double(minimumHealthCapacity), "maximumOverCapacity": .double(maximumOverCapacity),
        ]
    }
}

/// What becomes of the reservation of a resident task (contracts/marathon.md §8).
public struct Residency: Sendable, Hashable {
    public enum TaskLostBehavior: String, Sendable, Hashable {
        case waitForever = "WAIT_FOREVER"
        case relaunchAfterTimeout = "RELAUNCH_AFTER_TIMEOUT"
    }

    public var relaunchEscalationTimeoutSeconds: Int
    public var taskLostBehavior: TaskLostBehavior

    public init(relaunchEscalationTimeoutSeconds: Int = 3600, taskLostBehavior: TaskLostBehavior = .waitForever) {
        self.relaunchEscalationTimeoutSeconds = relaunchEscalationTimeoutSeconds
        self.taskLostBehavior = taskLostBehavior
    }

    init(_ reader: ObjectReader) {
        self.init(
            relaunchEscalationTimeoutSeconds: reader.long("relaunchEscalationTimeoutSeconds") ?? 3600,
            taskLostBehavior: reader.name("taskLostBehavior", kind: "task lost behavior") ?? .waitForever)
    }

    public var json: JSONValue {
        [
            "relaunchEscalationTimeoutSeconds": JSONValue(relaunchEscalationTimeoutSeconds),
            "taskLostBehavior": .string(taskLostBehavior.rawValue),
        ]
    }
}

/// Which of equally good victims goes first (contracts/marathon.md §16).
public enum KillSelection: String, Sendable, Hashable {
    case youngestFirst = "YOUNGEST_FIRST"
    case oldestFirst = "OLDEST_FIRST"
}

/// When an unreachable task is replaced and forgotten (contracts/marathon.md §16).
public enum UnreachableStrategy: Sendable, Hashable {
    case disabled
    case enabled(inactiveAfterSeconds: Int, expungeAfterSeconds: Int)

    /// Replaced at once, forgotten after 75 s: what the baseline does.
    public static let baseline = UnreachableStrategy.enabled(inactiveAfterSeconds: 0, expungeAfterSeconds: 75)

    static func read(_ key: String, of reader: ObjectReader) -> UnreachableStrategy? {
        guard let value = reader.value(key) else { return nil }
        if value.string == "disabled" { return .disabled }
        guard let object = reader.child(key) else { return nil }
        return .enabled(
            inactiveAfterSeconds: object.long("inactiveAfterSeconds") ?? 0,
            expungeAfterSeconds: object.long("expungeAfterSeconds") ?? max(75, object.long("inactiveAfterSeconds") ?? 0))
    }

    public var json: JSONValue {
        switch self {
        case .disabled: "disabled"
        case .enabled(let inactive, let expunge):
            ["inactiveAfterSeconds": JSONValue(inactive), "expungeAfterSeconds": JSONValue(expunge)]
        }
    }
}

/// A value of `env`: text, or the name of an entry of `secrets`.
public enum EnvironmentValue: Sendable, Hashable, ExpressibleByStringLiteral {
    case text(String)
    case secret(String)

    public init(stringLiteral value: String) { self = .text(value) }

    static func read(_ value: JSONValue, path: String, errors: ShapeErrors) -> EnvironmentValue? {
        if let text = value.string { return .text(text) }
        guard let object = value.object else {
            errors.report(path, "error.expected.jsstring")
            return nil
        }
        return ObjectReader(object: object, path: path, errors: errors).requiredString("secret").map(EnvironmentValue.secret)
    }

    public var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .secret(let name): ["secret": .string(name)]
        }
    }
}

/// An entry of `fetch` (contracts/marathon.md §8).
public struct FetchURI: Sendable, Hashable {
    public var uri: String
    public var extract: Bool
    public var executable: Bool
    public var cache: Bool
    public var outputFile: String?

    public init(uri: String, extract: Bool = true, executable: Bool = false, cache: Bool = false, outputFile: String? = nil) {
        self.uri = uri
        self.extract = extract
        self.executable = executable
        self.cache = cache
        self.outputFile = outputFile
    }

    /// An entry of the older `uris`: extracted only when its name says that it is an archive.
    public static func legacy(_ uri: String) -> FetchURI {
        let archives = [".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz", ".zip"]
        return FetchURI(uri: uri, extract: archives.contains { uri.hasSuffix($0) })
    }

    init(_ reader: ObjectReader) {
        self.init(
            uri: reader.requiredString("uri") ?? "", extract: reader.bool("extract") ?? true,
            executable: reader.bool("executable") ?? false, cache: reader.bool("cache") ?? false,
            outputFile: reader.string("outputFile"))
    }

    public var json: JSONValue {
        var object = JSONObject([
            ("uri", .string(uri)), ("extract", .bool(extract)), ("executable", .bool(executable)), ("cache", .bool(cache)),
        ])
        if let outputFile { object.append("outputFile", .string(outputFile)) }
        return .object(object)
    }
}
