public import Logging
import Platform

/// `--configtype file`: the configuration in a directory that all hosts mount (contracts/exhibitor.md §7.5).
///
/// Besides the configuration the directory holds the keys of the pseudo lock, one file per candidate
/// (`.<name>.candidate-<host>`) and the file of the OS lock (`.<name>.lock`).
public struct FileStore: ConfigurationStore {
    private let file: ConfigurationFile
    private let shared: SharedDirectory
    private let files: BlockingFiles
    private let lockPrefix: String
    private let presence = PresenceMemory()
    private let logger: Logger

    public let summary: String
    public var traits: ConfigurationStoreTraits { .shared }

    private var candidatePrefix: String { ".\(file.name).candidate-" }
    private static let forgottenAge = Duration.seconds(24 * 3600)

    /// - Parameters:
    ///   - directory: must be there; it is never made.
    ///   - lockPrefix: without `_`.
    ///   - patience: how long a call may hang before it fails.
    public init(
        directory: String, name: String = "exhibitor.properties", lockPrefix: String = "exhibitor-lock-",
        patience: Duration = .seconds(20), logger: Logger = Logger(label: "configuration-store")
    ) {
        summary = "file \(directory)/\(name)"
        file = ConfigurationFile(directory: directory, name: name, store: summary, logger: logger)
        shared = SharedDirectory(path: directory, store: summary)
        files = BlockingFiles(store: summary, patience: patience)
        self.lockPrefix = lockPrefix
        self.logger = logger
    }

    public func load() async throws -> StoredConfiguration {
        let (file, presence, summary) = (file, presence, summary)
        return try await files.run {
            let stored = try file.read()
            try presence.check(stored, of: summary)
            return stored
        }
    }

    public func store(_ text: String, replacing version: String) async throws -> StoredConfiguration? {
        let file = file
        return try await files.run { try file.replace(with: text, ifVersion: version) }
    }

    public func lock(owner hostname: String, wait: Duration) async throws -> (any ConfigurationLock)? {
        try await PseudoLock.take(
            in: FileLockDirectory(shared: shared, files: files, clock: ".\(file.name).clock"), owner: hostname,
            settings: PseudoLockStateMachine.Settings(prefix: lockPrefix, wait: wait), logger: logger)
    }

    public func announce(_ hostname: String) async throws {
        let (shared, name) = (shared, candidatePrefix + hostname)
        try await files.run { try shared.write(name, hostname, isNew: false) }
    }

    public func candidates(within age: Duration) async throws -> [String] {
        let (shared, prefix, clock) = (shared, candidatePrefix, ".\(file.name).clock")
        return try await files.run {
            let candidates = try shared.list(prefixes: [prefix], clock: clock)
            for candidate in candidates where candidate.age > Self.forgottenAge { try? shared.remove(candidate.name) }
            return candidates.filter { $0.age <= age }.map { String($0.name.dropFirst(prefix.count)) }.sorted()
        }
    }
}
