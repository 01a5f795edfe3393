import EnsembleModel
import Logging
import ObjectStorage
import SharedConfiguration

/// What the command line says (contracts/exhibitor.md §12.7), and how it becomes a configuration.
public struct ExhibitorOptions: Sendable {
    /// `--hostname`: our name in the list of servers.
    public var hostname: String
    /// Where the shared configuration is kept.
    public var store: ConfigurationStoreOptions
    public var port = 8080
    /// Below it lie the data, the configuration and the pid file, unless the defaults file says otherwise.
    public var stateDirectory = "/var/lib/dcos/exhibitor"
    /// Content of the `--defaultconfig` file: for keys which the store does not have.
    public var defaults = JavaProperties()
    /// `--zoo-cfg-extra`, `key=value` each: they win over everything, on this host.
    public var extraLines: [String] = []
    public var heapMegabytes: Int?
    /// The address of the client port; nil: every address, or our own when it is a loopback address.
    public var clientAddress: String?
    public var adminPort = 8182
    public var preferencesPath: String?
    public var logLines = 1000
    public var headingText: String?
    public var assetDirectories: [String] = []
    public var stopsServerAtEnd = false
    public var superCredentials: SuperCredentials?
    /// TLS of the server; nil: plain.
    public var tls: ServerTLS?
    /// See `ZooKeeperSettings.allowsReadOnly`.
    public var allowsReadOnly = false
    /// HTTPS instead of HTTP; nil: HTTP.
    public var managerTLS: ManagerTLS?
    public var access = AccessRules()
    /// The directories of `stateDirectory` win over those of the shared configuration.
    public var hasOwnDirectories = false
    public var timing = EnsembleTiming()
    public var explorer = ExplorerOptions()
    public var backupProvider: BackupProvider?
    public var allowsRemoteMutations = false
    public var allowsShutdown = false

    public init(hostname: String, store: ConfigurationStoreOptions) {
        self.hostname = hostname
        self.store = store
    }

    /// - Returns: the configuration, and names in the defaults file that mean nothing, for the log.
    /// - Throws: `ConfigurationError` or `ConfigurationStoreOptionsError`, naming the option and what it accepts.
    public func resolve(
        logger: Logger = Logger(label: "exhibitor")
    ) throws -> (configuration: ExhibitorConfiguration, unknownNames: [String]) {
        let kind = try store.kind()
        let configurationStore = try store.makeStore(logger: logger)
        var shared = Self.nodeDefaults(stateDirectory: stateDirectory)
        let unknownNames = try Self.overlay(defaults, on: &shared)
        if kind == .static {
            shared.servers = ServerList(parsing: store.staticensemble ?? "")
            shared.autoManageInstances = false
            guard shared.servers.server(named: hostname) != nil else {
                throw ConfigurationError.notAMember(hostname: hostname, ensemble: shared.servers)
            }
        }
        var resolver = try resolver()
        if hasOwnDirectories { resolver.ownDirectories = Self.nodeDefaults(stateDirectory: stateDirectory) }
        var configuration = ExhibitorConfiguration(
            hostname: hostname, port: port, store: configurationStore, defaults: shared, resolver: resolver,
            stateDirectory: stateDirectory, assetDirectories: assetDirectories)
        configuration.ensembleTiming = timing
        configuration.logLines = logLines
        if let preferencesPath { configuration.preferencesPath = preferencesPath }
        configuration.headingText = headingText
        configuration.stopsServerAtEnd = stopsServerAtEnd
        configuration.superCredentials = superCredentials
        configuration.managerTLS = managerTLS
        configuration.access = access
        configuration.explorer = explorer
        configuration.backupProvider = kind == .none ? nil : backupProvider
        configuration.allowsRemoteMutations = allowsRemoteMutations
        configuration.allowsShutdown = allowsShutdown
        configuration.makeBackupStorage = { [store] bucket in S3Storage(try store.s3Configuration(bucket: bucket), logger: logger) }
        return (configuration, unknownNames)
    }

    private func resolver() throws(ConfigurationError) -> SettingsResolver {
        var overriding: [ConfigurationLine] = []
        for text in extraLines {
            guard let line = ConfigurationLine(parsing: text) else { throw .unusableExtraLine(text) }
            overriding.removeAll { $0.key == line.key }
            overriding.append(line)
        }
        let isLocal = ExhibitorConfiguration.isLoopback(hostname)
        var template = ZooKeeperSettings(
            dataDirectory: "", logDirectory: "", configDirectory: "", pidPath: "", servers: ServerList(), hostname: hostname,
            clientAddress: clientAddress ?? (isLocal ? hostname : nil), adminAddress: isLocal ? hostname : "127.0.0.1",
            adminPort: adminPort, heapMegabytes: heapMegabytes ?? HeapSize.standard)
        if let superCredentials { template.accept(superCredentials) }
        template.tls = tls
        template.allowsReadOnly = allowsReadOnly
        let fallback = isLocal ? [] : [ConfigurationLine("quorumListenOnAllIPs", "true")]
        return SettingsResolver(template: template, fallbackLines: fallback, overridingLines: overriding)
    }

    /// What a DC/OS master starts from: everything below one directory.
    static func nodeDefaults(stateDirectory: String) -> InstanceConfiguration {
        var configuration = InstanceConfiguration()
        configuration.zookeeperInstallDirectory = "/usr/share/java"
        configuration.zookeeperDataDirectory = stateDirectory + "/zookeeper/snapshot"
        configuration.zookeeperLogDirectory = stateDirectory + "/zookeeper/transactions"
        configuration.logIndexDirectory = stateDirectory + "/zookeeper/transactions"
        configuration.zookeeperConfigDirectory = stateDirectory + "/conf"
        configuration.zookeeperPidPath = stateDirectory + "/zk.pid"
        configuration.zooCfgExtra = [
            ConfigurationLine("tickTime", "2000"), ConfigurationLine("initLimit", "10"), ConfigurationLine("syncLimit", "5"),
            ConfigurationLine("maxClientCnxns", "0"),
        ]
        return configuration
    }

    /// Takes over what a defaults file says (names without prefix).
    /// - Returns: names that no version of Exhibitor knows.
    static func overlay(
        _ properties: JavaProperties, on configuration: inout InstanceConfiguration
    ) throws(ConfigurationError) -> [String] {
        for property in ConfigurationProperty.allCases {
            guard let text = properties[property.rawValue] else { continue }
            switch property.value {
            case .number, .flag:
                guard Int(text) != nil else { throw .notANumber(key: property.rawValue, value: text) }
            case .text, .lines, .servers: break
            }
            configuration[property] = text
        }
        return properties.values.keys.filter { ConfigurationProperty(rawValue: $0) == nil }.sorted()
    }
}
