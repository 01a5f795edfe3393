/// The content of the shared configuration: what applies now and, while a rolling release is under way, what will apply
/// and whose turn it is (contracts/exhibitor.md §7.3, §10).
public struct ConfigurationCollection: Sendable, Hashable {
    public struct Release: Sendable, Hashable {
        /// What every host will run with.
        public var target: InstanceConfiguration
        /// In the order in which they change over.
        public var hosts: [String]
        /// The host whose turn it is.
        public var index: Int

        public init(target: InstanceConfiguration, hosts: [String], index: Int = 0) {
            self.target = target
            self.hosts = hosts
            self.index = index
        }
    }

    public var current: InstanceConfiguration
    /// Nil: nothing rolls.
    public var release: Release?
    /// The members that an operator imposed while no quorum could agree to a change: those of the list that have data.
    /// Each of them applies this once.
    public var imposedServers: ServerList?
    /// An ensemble served with this configuration once: from then on an empty host never founds one.
    public var isFormed: Bool

    public init(
        current: InstanceConfiguration, release: Release? = nil, imposedServers: ServerList? = nil, isFormed: Bool = false
    ) {
        self.current = current
        self.release = release
        self.imposedServers = imposedServers
        self.isFormed = isFormed
    }

    /// What a host runs with: those whose turn it is or was have the target, the others wait. The list of servers stays the
    /// current one until the release ends, so that nobody asks the ensemble for two lists in turn; only hosts that are new
    /// in the target have its list, to start as joiners.
    public func configuration(for hostname: String) -> InstanceConfiguration {
        guard let release, let position = release.hosts.firstIndex(of: hostname), position <= release.index else { return current }
        var configuration = release.target
        if current.servers.server(named: hostname) != nil { configuration.servers = current.servers }
        return configuration
    }

    /// The end of a release, or the beginning of what replaces it: `configuration` applies to all.
    public func withoutRelease(keeping configuration: InstanceConfiguration) -> ConfigurationCollection {
        var collection = self
        collection.current = configuration
        collection.release = nil
        return collection
    }
}

extension ConfigurationCollection {
    private static let prefix = "com.netflix.exhibitor."
    private static let rollingPrefix = "com.netflix.exhibitor-rolling."
    private static let hostsKey = "com.netflix.exhibitor-rolling-hostnames"
    private static let indexKey = "com.netflix.exhibitor-rolling-hostnames-index"
    private static let imposedKey = "com.netflix.exhibitor-imposed-servers-spec"
    private static let formedKey = "com.netflix.exhibitor-formed"

    /// Reads the stored form; keys that are missing have the values of `defaults`.
    public init(properties: JavaProperties, defaults: InstanceConfiguration) {
        var current = defaults
        for property in ConfigurationProperty.allCases {
            if let text = properties[Self.prefix + property.rawValue] { current[property] = text }
        }
        let hosts = (properties[Self.hostsKey] ?? "").split(separator: ",").map(String.init)
        var release: Release?
        if !hosts.isEmpty {
            var target = current
            for property in ConfigurationProperty.allCases {
                if let text = properties[Self.rollingPrefix + property.rawValue] { target[property] = text }
            }
            release = Release(target: target, hosts: hosts, index: properties[Self.indexKey].flatMap { Int($0) } ?? 0)
        }
        self.init(
            current: current, release: release, imposedServers: properties[Self.imposedKey].map { ServerList(parsing: $0) },
            isFormed: properties[Self.formedKey] == "true")
    }

    /// The stored form: every key twice, as the original writes it.
    public var properties: JavaProperties {
        var properties = JavaProperties()
        let target = release?.target ?? current
        for property in ConfigurationProperty.allCases {
            properties.values[Self.prefix + property.rawValue] = current[property]
            properties.values[Self.rollingPrefix + property.rawValue] = target[property]
        }
        properties.values[Self.hostsKey] = release?.hosts.joined(separator: ",") ?? ""
        properties.values[Self.indexKey] = "\(release?.index ?? 0)"
        if let imposedServers { properties.values[Self.imposedKey] = imposedServers.description }
        if isFormed { properties.values[Self.formedKey] = "true" }
        return properties
    }

    /// The whole file of a store.
    /// - hostname: of the instance that writes it.
    public func text(writtenBy hostname: String) -> String {
        "#Auto-generated by Exhibitor \(hostname)\n" + properties.text
    }
}
