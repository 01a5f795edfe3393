public import Allocator

/// How a master runs; each field is the flag of the original with the same name (contracts/mesos.md §2.1). Durations in
/// seconds.
public struct Configuration: Sendable, Hashable {
    /// So many things in so many seconds.
    public struct RateLimit: Sendable, Hashable {
        public var count: Int
        public var seconds: Double
        public init(count: Int, seconds: Double) {
            self.count = count
            self.seconds = seconds
        }

        /// `1/20mins`; nil when it is something else.
        public init?(text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Int(parts[0]), count > 0, let seconds = DurationText.seconds(String(parts[1])), seconds > 0
            else { return nil }
            self.init(count: count, seconds: seconds)
        }
    }

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
    /// Of roles, as `--weights` names them; what operators store wins.
    public var weights: [String: Double] = [:]
    /// Nil: unhealthy agents are removed at once.
    public var agentRemovalRateLimit: RateLimit?
    /// The share of the registry's agents, 0 to 1, that may be missing after an election without the master giving up.
    public var recoveryAgentRemovalLimit: Double = 1
    /// Resources that do not count in the fair order.
    public var fairSharingExcludedResources: Set<String> = []
    /// What an offer has at least.
    public var minAllocatableResources = MinimumAllocation.standard
    /// Full paths of endpoints that answer 403.
    public var disabledEndpoints: Set<String> = []
    /// The file that `/files` shows as `/master/log`.
    public var externalLogFile: String?
    /// What `/flags` shows: flag to value, as texts.
    public var flags: [String: String] = [:]

    public init(zk: String, ip: String) {
        self.zk = zk
        self.ip = ip
    }
}
