/// What one Exhibitor is started with.
public struct ExhibitorConfiguration: Sendable {
    /// Our name in the server list.
    public var hostname: String
    /// HTTP port, the same on every member.
    public var port: Int
    public var settings: ZooKeeperSettings
    public var timing: MonitorTiming
    /// Entries of the activity log kept in memory.
    public var logLines: Int
    /// Where the switches are stored.
    public var preferencesPath: String
    /// A line of the operator's above the page.
    public var headingText: String?
    /// Directories searched for the files of the page.
    public var assetDirectories: [String]
    /// Whether the ZooKeeper server is stopped when we are asked to end; else it lives on for the next manager.
    public var stopsServerAtEnd: Bool
    /// What becomes of the server when we end without being asked.
    public var serverLifetime = ServerLauncher.Lifetime.detached
    /// What our own clients of our server say to pass every ACL; `settings` must accept them.
    public var superCredentials: SuperCredentials?
    public var explorer = ExplorerOptions()

    public init(
        hostname: String, port: Int, settings: ZooKeeperSettings, timing: MonitorTiming, logLines: Int = 1000,
        preferencesPath: String, headingText: String? = nil, assetDirectories: [String], stopsServerAtEnd: Bool = false
    ) {
        self.hostname = hostname
        self.port = port
        self.settings = settings
        self.timing = timing
        self.logLines = logLines
        self.preferencesPath = preferencesPath
        self.headingText = headingText
        self.assetDirectories = assetDirectories
        self.stopsServerAtEnd = stopsServerAtEnd
    }

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
