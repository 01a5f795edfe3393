import SchedulerClient

/// The settings of one Marathon replica; names and defaults are those of the flags (contracts/marathon.md §15.3).
public struct Configuration: Sendable {
    /// `host:port` of a ZooKeeper server, each.
    public var zooKeeperServers: [String] = ["localhost:2181"]
    /// Path part of `--zk`.
    public var zooKeeperPath = "/marathon"
    /// `--zk` as given, without credentials: shown in `/v2/info`.
    public var zooKeeperURL = "zk://localhost:2181/marathon"
    public var zooKeeperCredentials: (user: String, password: String)?
    public var sessionTimeout: Duration = .seconds(10)
    public var operationTimeout: Duration = .seconds(10)
    /// Newest versions of an app that are kept.
    public var maximumVersions = 25

    /// Where masters are found.
    public enum MasterLocation: Sendable {
        case zooKeeper(servers: [String], path: String)
        case fixed(MasterEndpoint)
    }
    public var master: MasterLocation = .zooKeeper(servers: ["localhost:2181"], path: "/mesos")
    /// `--master` as given, without credentials.
    public var masterURL = "zk://localhost:2181/mesos"
    public var mesosLeaderUIURL: String?

    /// The name by which other replicas and clients reach this one.
    public var hostname = "localhost"
    public var httpAddress = "0.0.0.0"
    public var httpPort = 8080
    /// Bytes; a larger request body is answered 413.
    public var maximumBodySize = 1 << 20
    public var webUIURL: String?

    public var frameworkName = "marathon"
    public var mesosUser = "root"
    public var mesosRole: String?
    public var principal: String?
    /// nil: `*` and `mesosRole`.
    public var defaultAcceptedResourceRoles: Set<String>?
    /// Seconds.
    public var failoverTimeout: Double = 604_800
    public var checkpoint = true
    public var features: Set<String> = []
    public var environmentPrefix: String?
    public var defaultNetworkName: String?
    public var maximumApps: Int?

    public var localPorts: Range<Int> = 10_000..<20_000
    public var maximumTasksPerOffer = 5
    public var declineOfferDuration: Duration = .milliseconds(120_000)
    public var minimumReviveInterval: Duration = .milliseconds(5_000)
    public var reviveRepetitions = 3

    public var taskLaunchConfirmTimeout: Duration = .milliseconds(300_000)
    public var taskLaunchTimeout: Duration = .milliseconds(300_000)
    public var taskLostExpungeAfter: Duration = .milliseconds(75_000)
    public var taskLostExpungeInterval: Duration = .milliseconds(30_000)
    public var reconciliationInitialDelay: Duration = .milliseconds(15_000)
    public var reconciliationInterval: Duration = .milliseconds(600_000)
    public var scaleAppsInterval: Duration = .milliseconds(300_000)
    public var killChunkSize = 100
    public var killRetryTimeout: Duration = .milliseconds(10_000)

    public var leaderProxyConnectionTimeout: Duration = .milliseconds(5_000)
    public var leaderProxyReadTimeout: Duration = .milliseconds(10_000)
    /// Events a slow listener may be behind before its stream is closed.
    public var eventStreamMaximumOutstanding = 5_000
    public var maximumConcurrentHealthChecks = 256
    public var accessControlAllowOrigin: [String] = []

    public init() {}

    /// `host:port` under which this replica is known to others.
    public var advertisedAddress: String { "\(hostname):\(httpPort)" }

    /// The roles whose resources an app without `acceptedResourceRoles` may use.
    public var acceptedRoles: Set<String> {
        defaultAcceptedResourceRoles ?? Set(["*"] + (mesosRole.map { [$0] } ?? []))
    }
}
