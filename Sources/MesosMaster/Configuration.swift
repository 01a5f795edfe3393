/// How a master runs; each field is the flag of the original with the same name (contracts/mesos.md §2.1). Durations in
/// seconds.
public struct Configuration: Sendable, Hashable {
    /// `zk://host:port,…/mesos`, digest credentials before the hosts.
    public var zk: String
    /// The address to bind and to advertise.
    public var ip: String
    public var port = 5050
    /// Nil: the address.
    public var hostname: String?
    public var cluster: String?
    public var workDirectory: String?
    public var zkSessionTimeout: Double = 10
    public var allocationInterval: Double = 1
    /// Nil: offers stay until they are used.
    public var offerTimeout: Double?
    public var agentPingTimeout: Double = 15
    public var maxAgentPingTimeouts = 5
    /// How long agents of the registry that have not come back since the election are kept.
    public var agentReregisterTimeout: Double = 600
    public var maxCompletedFrameworks = 50
    public var maxCompletedTasksPerFramework = 1000
    /// Empty: every role.
    public var roles: Set<String> = []
    public var rootSubmissions = true
    /// What `/flags` shows: flag to value, as texts.
    public var flags: [String: String] = [:]

    public init(zk: String, ip: String) {
        self.zk = zk
        self.ip = ip
    }
}
