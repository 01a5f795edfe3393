// What the leading master and an agent say to each other. This pair is ours (the original used libprocess messages):
//
//   agent → master   POST /agent-link/subscribe   body `AgentRegistration`; the answer is a RecordIO stream of `AgentCommand`s
//                                                  that lives as long as the agent is connected
//   agent → master   POST /agent-link/report      body `AgentReport`; 202, or 403 when the agent holds no stream (subscribe again)
//
// Both carry the leader's epoch: an agent refuses commands whose epoch is lower than the highest it has seen, and a
// master answers 409 to a report that names another epoch (contracts/mesos.md §21.4 rule 8). A master that is not leading
// answers 307 like every leader-only endpoint; 503 while it recovers.

/// The first word of an agent to a leader.
public struct AgentRegistration: Codable, Sendable, Hashable {
    public struct RunningTask: Codable, Sendable, Hashable {
        public var framework_id: FrameworkID
        public var task: TaskInfo
        /// The newest state the agent knows, acknowledged or not.
        public var state: TaskState
        public var statuses: [TaskStatus]
        public init(framework_id: FrameworkID, task: TaskInfo, state: TaskState, statuses: [TaskStatus]) {
            self.framework_id = framework_id
            self.task = task
            self.state = state
            self.statuses = statuses
        }
    }

    /// Its `id` is nil on the first registration.
    public var agent_info: AgentInfo
    /// `slave(1)@ip:port`.
    public var pid: String
    /// Grows with every start of the agent process (contracts/mesos.md §21.4 rule 9).
    public var incarnation: Int
    public var version: String
    public var tasks: [RunningTask]
    /// Frameworks that have tasks here, so that a leader that never heard of one can show it.
    public var frameworks: [FrameworkInfo]

    public init(
        agent_info: AgentInfo, pid: String, incarnation: Int, version: String, tasks: [RunningTask] = [],
        frameworks: [FrameworkInfo] = []
    ) {
        self.agent_info = agent_info
        self.pid = pid
        self.incarnation = incarnation
        self.version = version
        self.tasks = tasks
        self.frameworks = frameworks
    }
}

/// One record of the stream from the leader to an agent.
public struct AgentCommand: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable {
        /// First record: the agent's id (given now or confirmed).
        case registered = "REGISTERED"
        /// Sent every 5 s; an agent that hears nothing for 15 s subscribes anew.
        case ping = "PING"
        case launch = "LAUNCH"
        case kill = "KILL"
        /// A framework acknowledged a status update.
        case acknowledge = "ACKNOWLEDGE"
        /// Kill everything of a framework.
        case shutdownFramework = "SHUTDOWN_FRAMEWORK"
        /// A framework resubscribed: send all unacknowledged updates of its tasks again.
        case resendUpdates = "RESEND_UPDATES"
        /// The master believes that these tasks run here: answer with TASK_LOST for any that is unknown.
        case reconcile = "RECONCILE"
        /// The agent was removed: kill all tasks, forget the id, register as a new agent.
        case shutdown = "SHUTDOWN"
    }
    public struct Task: Codable, Sendable, Hashable {
        public var task_id: TaskID
        public var framework_id: FrameworkID
        public init(task_id: TaskID, framework_id: FrameworkID) {
            self.task_id = task_id
            self.framework_id = framework_id
        }
    }

    public var type: Kind
    /// The leader's epoch: czxid of its candidacy.
    public var epoch: Int64
    public var agent_id: AgentID?
    /// LAUNCH: who launches, with its id.
    public var framework_info: FrameworkInfo?
    /// LAUNCH.
    public var tasks: [TaskInfo]?
    /// KILL, ACKNOWLEDGE.
    public var task_id: TaskID?
    /// KILL, ACKNOWLEDGE, SHUTDOWN_FRAMEWORK, RESEND_UPDATES.
    public var framework_id: FrameworkID?
    /// KILL.
    public var kill_policy: KillPolicy?
    /// ACKNOWLEDGE: base64 of 16 bytes.
    public var uuid: String?
    /// RECONCILE.
    public var expected: [Task]?
    /// SHUTDOWN: why.
    public var message: String?

    public init(type: Kind, epoch: Int64) {
        self.type = type
        self.epoch = epoch
    }
}

/// A batch of news from an agent to the leader: the heads of its status-update streams.
public struct AgentReport: Codable, Sendable, Hashable {
    public struct Update: Codable, Sendable, Hashable {
        public var framework_id: FrameworkID
        /// The oldest unacknowledged status of the task; carries a uuid.
        public var status: TaskStatus
        /// The newest state known to the agent.
        public var latest_state: TaskState
        public init(framework_id: FrameworkID, status: TaskStatus, latest_state: TaskState) {
            self.framework_id = framework_id
            self.status = status
            self.latest_state = latest_state
        }
    }
    public var agent_id: AgentID
    public var epoch: Int64
    public var updates: [Update]
    public init(agent_id: AgentID, epoch: Int64, updates: [Update]) {
        self.agent_id = agent_id
        self.epoch = epoch
        self.updates = updates
    }
}
