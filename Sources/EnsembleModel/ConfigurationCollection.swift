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

    public var current: InstanceConfiguration { didSet { note(current.servers) } }
    /// Nil: nothing rolls.
    public var release: Release? { didSet { note(release?.target.servers) } }
    /// The members that an operator imposed while no quorum could agree to a change: those of the list that have data. Each
    /// of them applies this once, until `isFormed`, which an imposition takes back, says that they serve.
    public var imposedServers: ServerList? { didSet { note(imposedServers) } }
    /// The highest id that any of these lists ever had. A server that missed that its host was dropped may still run with
    /// its id: another host with the same one would give two servers one vote.
    public private(set) var highestID = 0
    /// An ensemble served with this configuration once: from then on an empty host never founds one.
    public var isFormed: Bool

    public init(
        current: InstanceConfiguration, release: Release? = nil, imposedServers: ServerList? = nil, isFormed: Bool = false
    ) {
        self.current = current
        self.release = release
        self.imposedServers = imposedServers
        self.isFormed = isFormed
        note(current.servers)
        note(release?.target.servers)
        note(imposedServers)
    }

    private mutating func note(_ list: ServerList?) {
        highestID = max(highestID, list?.servers.map(\.id).max() ?? 0)
    }

    /// The members the ensemble shall have now. During a release these are the current ones until the hosts that are new
    /// have had their turn, to start as joiners, and the new ones from then on: the others restart one by one only after
    /// that, since a dead member may have to be replaced before one more may be missing. The same for every host, so that
    /// leaders that take turns do not ask for two lists in turn.
    public var servers: ServerList {
        guard let release else { return current.servers }
        let waits = release.hosts.enumerated().contains { position, host in
            position >= release.index && current.servers.server(named: host) == nil && release.target.servers.server(named: host) != nil
        }
        return waits ? current.servers : release.target.servers
    }

    /// What a host runs with: those whose turn it is or was have the target, the others wait. As to the list, see `servers`;
    /// a host that only the target names has its list when its turn comes.
    public func configuration(for hostname: String) -> InstanceConfiguration {
        guard let release else { return current }
        let servers = servers
        guard let position = release.hosts.firstIndex(of: hostname), position <= release.index else {
            var configuration = current
            configuration.servers = servers
            return configuration
        }
        var configuration = release.target
        if current.servers.server(named: hostname) != nil { configuration.servers = servers }
        return configuration
    }

    /// Whether whoever knows one knows the other: all but the mark which an instance makes when the ensemble serves first.
    public func isSame(forAuthors other: ConfigurationCollection) -> Bool {
        var other = other
        other.isFormed = isFormed
        return self == other
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
    private static let highestIDKey = "com.netflix.exhibitor-highest-id"
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
        highestID = max(highestID, properties[Self.highestIDKey].flatMap { Int($0) } ?? 0)
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
        if highestID > 0 { properties.values[Self.highestIDKey] = "\(highestID)" }
        if isFormed { properties.values[Self.formedKey] = "true" }
        return properties
    }

    /// The whole file of a store.
    /// - hostname: of the instance that writes it.
    public func text(writtenBy hostname: String) -> String {
        "#Auto-generated by Exhibitor \(hostname)\n" + properties.text
    }
}
