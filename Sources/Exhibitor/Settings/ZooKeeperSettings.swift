import EnsembleModel

/// Everything that decides how one ZooKeeper server runs. A change of any part but the members restarts it (the keys
/// marked *R* in contracts/exhibitor.md §7.1).
public struct ZooKeeperSettings: Sendable, Hashable {
    /// `zookeeper-install-directory`: where the jars are; `/usr/share/java` for Debian's package.
    public var installDirectory: String
    /// `zookeeper-data-directory`: snapshots and `myid`.
    public var dataDirectory: String
    /// `zookeeper-log-directory`: transaction logs and the server's own log files.
    public var logDirectory: String
    /// `zookeeper-config-directory`: `zoo.cfg`, `java.env`, `log4j.properties`.
    public var configDirectory: String
    /// `zookeeper-pid-path`.
    public var pidPath: String

    /// The ensemble as the shared configuration wants it; empty for a standalone server.
    public var servers: ServerList
    /// The members that an operator imposed while no quorum could agree to a change; see `StartPlanner`.
    public var imposedServers: ServerList?
    /// Members that automatic management waits for before it makes a list; 0: none.
    /// 1 at an unknown size; it makes the list, so nothing starts before.
    public var expectedSize = 0
    /// See `ConfigurationCollection.isFormed`.
    public var isFormed = false
    /// Our own entry in `servers`.
    public var hostname: String
    /// The address clients connect to; nil: every address of the host.
    public var clientAddress: String?
    public var clientPort: Int
    /// Port of follower connections (`connect-port`).
    public var connectPort: Int
    public var electionPort: Int
    /// Address and port of ZooKeeper's AdminServer; its defaults (every address, 8080) collide with Marathon.
    public var adminAddress: String
    public var adminPort: Int

    /// `zoo-cfg-extra`: lines of `zoo.cfg` that win over every default of ours, in this order.
    public var extraLines: [ConfigurationLine]
    /// `java-environment`: content of `java.env`; blank leaves the file on disk alone.
    public var javaEnvironment: String
    /// `log4j-properties`: content of `log4j.properties`; blank leaves the file on disk alone.
    public var log4jProperties: String
    /// Maximum heap of the JVM in MiB.
    public var heapMegabytes: Int
    /// Further JVM flags, before those of `java.env`.
    public var jvmFlags: [String]
    /// Whether ZooKeeper's AdminServer runs.
    public var isAdminServerEnabled = true
    /// `SuperCredentials.digest`; nil: no client is above the ACLs.
    public private(set) var superDigest: String?
    /// Nil: everything is plain.
    public var tls: ServerTLS?
    /// Whether a server that is cut off from its quorum goes on serving reads to clients that ask for it. It changes what
    /// every session is: see contracts/exhibitor.md §13.3.
    public var allowsReadOnly = false

    public init(
        installDirectory: String = "/usr/share/java", dataDirectory: String, logDirectory: String, configDirectory: String,
        pidPath: String, servers: ServerList, hostname: String, clientAddress: String? = nil, clientPort: Int = 2181,
        connectPort: Int = 2888, electionPort: Int = 3888, adminAddress: String = "127.0.0.1", adminPort: Int = 8182,
        extraLines: [ConfigurationLine] = [], javaEnvironment: String = "", log4jProperties: String = "",
        heapMegabytes: Int, jvmFlags: [String] = []
    ) {
        self.installDirectory = installDirectory
        self.dataDirectory = dataDirectory
        self.logDirectory = logDirectory
        self.configDirectory = configDirectory
        self.pidPath = pidPath
        self.servers = servers
        self.hostname = hostname
        self.clientAddress = clientAddress
        self.clientPort = clientPort
        self.connectPort = connectPort
        self.electionPort = electionPort
        self.adminAddress = adminAddress
        self.adminPort = adminPort
        self.extraLines = extraLines
        self.javaEnvironment = javaEnvironment
        self.log4jProperties = log4jProperties
        self.heapMegabytes = heapMegabytes
        self.jvmFlags = jvmFlags
    }

    /// The file the server is started with: the last word of its command line, by which a running one is recognised.
    public var configurationPath: String { configDirectory + "/zoo.cfg" }
    /// What the JVM and, without a file appender, ZooKeeper write to their standard streams.
    public var consolePath: String { logDirectory + "/zookeeper.out" }
    /// Where our own client connects to ask the server how it is.
    public var probeAddress: String { clientAddress ?? "127.0.0.1" }
    /// Holds `secretArguments`.
    var argumentFilePath: String { configDirectory + "/jvm.arguments" }
    /// Key and certificates of `tls` in one file.
    var keyStorePath: String { configDirectory + "/tls-key-store.pem" }
    public var ourServer: ServerSpec? { servers.server(named: hostname) }

    /// `servers` as ZooKeeper writes members.
    public var members: [Member] { members(of: servers) }

    public func members(of list: ServerList) -> [Member] {
        list.servers.map { server in
            Member(
                id: server.id, hostname: server.hostname, connectPort: connectPort, electionPort: electionPort, role: server.role,
                clientAddress: server.hostname == hostname ? ourClientAddress : nil)
        }
    }

    /// Where our clients connect, as in the line of a member: `2181` for every address, or `10.0.0.1:2181`.
    public var ourClientAddress: String { clientAddress.map { "\($0):\(clientPort)" } ?? "\(clientPort)" }

    /// Not configured yet: nothing is started (`latent`, contracts/exhibitor.md §8 step 1).
    public var isBlank: Bool { installDirectory.isEmpty || dataDirectory.isEmpty }

    /// Arguments of the JVM that other users of the host must not see.
    var secretArguments: [String] {
        superDigest.map { ["-Dzookeeper.DigestAuthenticationProvider.superDigest=\($0)"] } ?? []
    }

    /// Makes the server accept these credentials.
    ///
    /// The AdminServer shows the digest to every user of the host. Nobody finds 256 random bits from it, but a password
    /// that a person chose may be guessed: then it is switched off (contracts/exhibitor.md §13.4).
    public mutating func accept(_ credentials: SuperCredentials) {
        superDigest = credentials.digest
        isAdminServerEnabled = credentials.origin == .generated
    }
}
