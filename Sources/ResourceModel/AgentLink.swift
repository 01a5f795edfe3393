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

    /// A custom executor that is registered or starting.
    public struct RunningExecutor: Codable, Sendable, Hashable {
        public var framework_id: FrameworkID
        public var executor: ExecutorInfo
        public init(framework_id: FrameworkID, executor: ExecutorInfo) {
            self.framework_id = framework_id
            self.executor = executor
        }
    }

    /// Its `id` is nil on the first registration. Its `resources` are those of the flags, without reservations and volumes
    /// that were made later.
    public var agent_info: AgentInfo
    /// `slave(1)@ip:port`.
    public var pid: String
    /// Grows with every start of the agent process (contracts/mesos.md §21.4 rule 9).
    public var incarnation: Int
    public var version: String
    public var tasks: [RunningTask]
    /// Frameworks that have tasks here, so that a leader that never heard of one can show it.
    public var frameworks: [FrameworkInfo]
    @Listed public var executors: [RunningExecutor]
    /// The dynamic reservations and persistent volumes the agent has on its disk.
    @Listed public var checkpointed_resources: [Resource]

    public init(
        agent_info: AgentInfo, pid: String, incarnation: Int, version: String, tasks: [RunningTask] = [],
        frameworks: [FrameworkInfo] = [], executors: [RunningExecutor] = [], checkpointed_resources: [Resource] = []
    ) {
        self.agent_info = agent_info
        self.pid = pid
        self.incarnation = incarnation
        self.version = version
        self.tasks = tasks
        self.frameworks = frameworks
        self.executors = executors
        self.checkpointed_resources = checkpointed_resources
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
        /// A scheduler's bytes for a custom executor; best effort.
        case message = "MESSAGE"
        /// End a custom executor: SHUTDOWN, its grace period, then its container is destroyed.
        case shutdownExecutor = "SHUTDOWN_EXECUTOR"
        /// Store the complete new set of dynamic reservations and persistent volumes; sent before a LAUNCH that uses it.
        case checkpointResources = "CHECKPOINT_RESOURCES"
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
    /// MESSAGE, SHUTDOWN_EXECUTOR.
    public var executor_id: ExecutorID?
    /// MESSAGE: base64.
    public var data: String?
    /// CHECKPOINT_RESOURCES.
    public var resources: [Resource]?
    /// REGISTERED, true: the agent's task records were deleted while it was unreachable; it writes all of them anew.
    public var republish: Bool?

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
    /// A custom executor's bytes for its scheduler; best effort.
    public struct Message: Codable, Sendable, Hashable {
        public var framework_id: FrameworkID
        public var executor_id: ExecutorID
        /// Base64.
        public var data: String
        public init(framework_id: FrameworkID, executor_id: ExecutorID, data: String) {
            self.framework_id = framework_id
            self.executor_id = executor_id
            self.data = data
        }
    }
    /// A custom executor that ended. One that is not told because the connection broke is missed at the re-registration.
    public struct ExecutorExit: Codable, Sendable, Hashable {
        public var framework_id: FrameworkID
        public var executor_id: ExecutorID
        /// As `wait(2)` gives it.
        public var status: Int
        public init(framework_id: FrameworkID, executor_id: ExecutorID, status: Int) {
            self.framework_id = framework_id
            self.executor_id = executor_id
            self.status = status
        }
    }
    public var agent_id: AgentID
    public var epoch: Int64
    @Listed public var updates: [Update]
    @Listed public var messages: [Message]
    @Listed public var exits: [ExecutorExit]
    public init(
        agent_id: AgentID, epoch: Int64, updates: [Update], messages: [Message] = [], exits: [ExecutorExit] = []
    ) {
        self.agent_id = agent_id
        self.epoch = epoch
        self.updates = updates
        self.messages = messages
        self.exits = exits
    }
}
