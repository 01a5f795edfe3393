import EnsembleModel
import ObjectStorage
import Platform
import SharedConfiguration

/// What one Exhibitor is started with.
public struct ExhibitorConfiguration: Sendable {
    /// Our name in the server list.
    public var hostname: String
    /// HTTP port, the same on every member.
    public var port: Int
    /// Where the shared configuration is kept.
    public var store: any ConfigurationStore
    /// Values of keys which the store does not have.
    public var defaults: InstanceConfiguration
    /// What belongs to this host alone.
    public var resolver: SettingsResolver
    /// Intervals of the process monitor; nil: from the shared configuration.
    public var timing: MonitorTiming?
    public var ensembleTiming = EnsembleTiming()
    /// Where this instance keeps what it must remember.
    public var stateDirectory: String
    /// Entries of the activity log kept in memory.
    public var logLines = 1000
    /// Where the switches are stored.
    public var preferencesPath: String
    /// A line of the operator's above the page.
    public var headingText: String?
    /// Directories searched for the files of the page.
    public var assetDirectories: [String]
    /// Whether the ZooKeeper server is stopped when we are asked to end; else it lives on for the next manager.
    public var stopsServerAtEnd = false
    /// What becomes of the server when we end without being asked.
    public var serverLifetime = ServerLauncher.Lifetime.detached
    /// What our own clients of our server say to pass every ACL; `resolver` must accept them.
    public var superCredentials: SuperCredentials?
    /// The HTTP interface of every member is reached by HTTPS; nil: by HTTP.
    public var managerTLS: ManagerTLS?
    public var access = AccessRules()
    public var explorer = ExplorerOptions()
    /// Nil: no backups.
    public var backupProvider: BackupProvider?
    /// Whether hosts that are neither this one nor members may change anything over HTTP.
    public var allowsRemoteMutations = false
    /// Whether `ui/shutdown` ends the manager.
    public var allowsShutdown = false
    /// Opens a bucket for backups.
    public var makeBackupStorage: @Sendable (_ bucket: String) throws -> any ObjectStorage = { bucket in
        S3Storage(S3Configuration(bucket: bucket, credentials: .standard(environment: ProcessEnvironment.current)))
    }

    public init(
        hostname: String, port: Int, store: any ConfigurationStore, defaults: InstanceConfiguration, resolver: SettingsResolver,
        stateDirectory: String, assetDirectories: [String]
    ) {
        self.hostname = hostname
        self.port = port
        self.store = store
        self.defaults = defaults
        self.resolver = resolver
        self.stateDirectory = stateDirectory
        preferencesPath = stateDirectory + "/exhibitor.preferences"
        self.assetDirectories = assetDirectories
    }

    /// A member of a fixed ensemble whose server runs with exactly these settings.
    public init(
        hostname: String, port: Int, settings: ZooKeeperSettings, timing: MonitorTiming, logLines: Int = 1000,
        preferencesPath: String, headingText: String? = nil, assetDirectories: [String], stopsServerAtEnd: Bool = false
    ) {
        self.init(
            hostname: hostname, port: port, store: StaticStore(servers: settings.servers),
            defaults: SettingsResolver.configuration(from: settings, timing: timing), resolver: SettingsResolver(template: settings),
            stateDirectory: settings.configDirectory, assetDirectories: assetDirectories)
        self.timing = timing
        self.logLines = logLines
        self.preferencesPath = preferencesPath
        self.headingText = headingText
        self.stopsServerAtEnd = stopsServerAtEnd
    }

    /// What the server runs with as long as the store has nothing else.
    public var settings: ZooKeeperSettings { resolver.settings(for: defaults) }

    /// The addresses HTTP is served on: our own, and the loopback address which daemons of this host use. A host that is
    /// itself a loopback address shares the machine with others: they would all want 127.0.0.1.
    var listenAddresses: [String] {
        Self.isLoopback(hostname) || hostname == "localhost" ? [hostname] : [hostname, "127.0.0.1"]
    }

    /// `127.*`: one of several hosts of a local cluster.
    public static func isLoopback(_ hostname: String) -> Bool {
        let parts = hostname.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
