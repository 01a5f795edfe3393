import EnsembleModel

/// `--configtype static`: the servers are those of the command line, on every host the same
/// (contracts/exhibitor.md §7.5). Everything else comes from the defaults.
public struct StaticStore: ConfigurationStore {
    private let content: StoredConfiguration
    public let summary: String
    public var traits: ConfigurationStoreTraits { ConfigurationStoreTraits(isFixed: true) }

    public init(servers: ServerList) {
        let prefix = "com.netflix.exhibitor."
        let properties = JavaProperties([
            prefix + ConfigurationProperty.serversSpec.rawValue: servers.description,
            prefix + ConfigurationProperty.autoManageInstances.rawValue: "0",
        ])
        content = StoredConfiguration(text: properties.text, version: "0")
        summary = "static \(servers)"
    }

    public func load() async throws -> StoredConfiguration { content }

    /// - Throws: always `ConfigurationStoreError.fixed`.
    public func store(_ text: String, replacing version: String) async throws -> StoredConfiguration? {
        throw ConfigurationStoreError.fixed(store: summary)
    }

    public func lock(owner hostname: String, wait: Duration) async throws -> (any ConfigurationLock)? { GrantedLock() }
    public func announce(_ hostname: String) async throws {}
    public func candidates(within age: Duration) async throws -> [String] { [] }
}
