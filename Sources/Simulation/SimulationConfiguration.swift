/// What `dcosd simulate` plays.
public struct SimulationConfiguration: Sendable, Hashable {
    /// What a leading master gets.
    public enum KillSignal: String, Sendable, Hashable, CaseIterable {
        case kill = "KILL"
        case term = "TERM"
    }

    /// A master that runs already.
    public struct KnownMaster: Sendable, Hashable {
        public var endpoint: String
        public var pid: Int32

        /// `host:port=pid`; nil when the text is something else.
        public init?(text: String) {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].contains(":"), let pid = Int32(parts[1]), pid > 1 else { return nil }
            endpoint = String(parts[0])
            self.pid = pid
        }
    }

    /// `zk://host:port,…/mesos`.
    public var zk: String
    public var agents = 100
    /// Tasks that are kept running, of all frameworks together.
    public var tasks = 1_000
    public var frameworks = 1
    /// Tasks that end per second; half end by themselves, half are killed by their framework.
    public var churn: Double = 0
    /// How long tasks come and go, after the first wave runs.
    public var duration = Duration.seconds(60)
    /// Nil: masters are left alone.
    public var killMasterEvery: Duration?
    public var killSignal = KillSignal.kill
    /// Masters that may be killed.
    public var knownMasters: [KnownMaster] = []
    /// Masters to start, with `masterProgram`; those that were killed are started again.
    public var startMasters = 0
    /// The executable whose subcommand `mesos-master` is a master.
    public var masterProgram = ""
    /// Where started masters listen: ports from `masterPort` on.
    public var masterIP = "127.0.0.1"
    public var masterPort = 5050
    /// Where started masters log; nil: nowhere.
    public var masterLogs: String?
    /// ZooKeeper session timeout of the masters that are started.
    public var masterSessionTimeout = Duration.seconds(10)
    /// ZooKeeper sessions of the agents; 0: one for each 128 agents.
    public var sessions = 0
    /// How long the agents may take to register, the first wave to run, and the end to settle.
    public var patience = Duration.seconds(180)

    public init(zk: String) { self.zk = zk }

    /// Tasks of one agent that certainly fit into one chunk znode, with a factor of two for an uneven spread.
    static let maximumTasksPerAgent = 120

    /// Why it cannot be played, or nil.
    public var problem: String? {
        if !(1...10_000).contains(agents) { return "--agents must be 1 to 10000" }
        if !(1...500_000).contains(tasks) { return "--tasks must be 1 to 500000" }
        if !(1...100).contains(frameworks) { return "--frameworks must be 1 to 100" }
        if tasks < frameworks { return "--tasks must be at least --frameworks" }
        if tasks > agents * Self.maximumTasksPerAgent {
            return "--tasks must be at most \(Self.maximumTasksPerAgent) for each of the --agents"
        }
        if !churn.isFinite || !(0...100_000).contains(churn) { return "--churn must be 0 to 100000 tasks per second" }
        if !(Duration.zero...Duration.seconds(86400)).contains(duration) { return "--duration must be at most one day" }
        if let killMasterEvery, killMasterEvery < .seconds(1) { return "--kill-master-every must be at least 1s" }
        if !(0...9).contains(startMasters) { return "--start-masters must be 0 to 9" }
        if !(0...1000).contains(sessions) { return "--sessions must be 0 to 1000" }
        if !(1...65_000).contains(masterPort) { return "--master-port must be 1 to 65000" }
        if killMasterEvery != nil, startMasters == 0, knownMasters.isEmpty {
            return "--kill-master-every needs --start-masters or --master-pids: only masters named there are killed"
        }
        return nil
    }

    var sessionCount: Int { sessions > 0 ? sessions : (agents + 127) / 128 }
    /// How many tasks an agent gets when they are spread evenly.
    var tasksPerAgent: Int { (tasks + agents - 1) / agents }
}
