public import Logging

/// `--configtype none`: the configuration of an instance that stands alone, in a directory of its own
/// (contracts/exhibitor.md §7.5).
public struct NoneStore: ConfigurationStore {
    private let file: ConfigurationFile
    private let files: BlockingFiles
    public let summary: String
    public var traits: ConfigurationStoreTraits { ConfigurationStoreTraits(isStandalone: true) }

    /// - directory: made on the first use if it is not there.
    public init(directory: String, logger: Logger = Logger(label: "configuration-store")) {
        summary = "standalone \(directory)/exhibitor.properties"
        file = ConfigurationFile(directory: directory, name: "exhibitor.properties", createsDirectory: true, store: summary, logger: logger)
        files = BlockingFiles(store: summary)
    }

    public func load() async throws -> StoredConfiguration {
        let file = file
        return try await files.run { try file.read() }
    }

    public func store(_ text: String, replacing version: String) async throws -> StoredConfiguration? {
        let file = file
        return try await files.run { try file.replace(with: text, ifVersion: version) }
    }

    public func lock(owner hostname: String, wait: Duration) async throws -> (any ConfigurationLock)? { GrantedLock() }
    public func announce(_ hostname: String) async throws {}
    public func candidates(within age: Duration) async throws -> [String] { [] }
}
