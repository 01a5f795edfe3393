import ResourceModel

/// Payload of `MesosStatePaths.leader`: who leads, and the fence of every write of the master.
public struct LeaderRecord: Codable, Sendable, Hashable {
    public var v = 1
    public var master_id: String
    public var pid: String
    /// czxid of the leader's candidacy: grows from leader to leader; commands to agents carry it.
    public var epoch: Int64
    public init(master_id: String, pid: String, epoch: Int64) {
        self.master_id = master_id
        self.pid = pid
        self.epoch = epoch
    }
}

/// Payload of an agent's registry node, written before the agent is told anything.
public struct AgentRecord: Codable, Sendable, Hashable {
    public enum State: String, Codable, Sendable { case registered, unreachable, removed, gone }
    public var v = 1
    public var agent_id: AgentID
    public var info: AgentInfo
    /// `slave(1)@ip:port`.
    public var pid: String
    public var version: String
    public var state: State
    /// Seconds since the epoch.
    public var registered_time: Double
    public var reregistered_time: Double?
    /// All dynamic reservations and persistent volumes there; the agent stores the same set.
    @Listed public var checkpointed_resources: [Resource]
    /// Seconds since the epoch at which the agent was found unreachable.
    public var unreachable_time: Double?
    /// True: an operator wants no offers from it.
    public var deactivated: Bool?
    /// An operator has its tasks killed.
    public var drain: AgentDrain?
    public init(agent_id: AgentID, info: AgentInfo, pid: String, version: String, state: State, registered_time: Double) {
        self.agent_id = agent_id
        self.info = info
        self.pid = pid
        self.version = version
        self.state = state
        self.registered_time = registered_time
        self.checkpointed_resources = []
    }
}

/// How an operator wants an agent to be emptied.
public struct AgentDrain: Codable, Sendable, Hashable {
    /// The longest a task may take to end; nil: what its kill policy says.
    public var max_grace_period: DurationInfo?
    /// The agent is gone when it is empty.
    public var mark_gone: Bool
    public init(max_grace_period: DurationInfo? = nil, mark_gone: Bool = false) {
        self.max_grace_period = max_grace_period
        self.mark_gone = mark_gone
    }
}

/// Payload of `MesosStatePaths.quotas`.
public struct QuotasRecord: Codable, Sendable, Hashable {
    public var v = 1
    /// By role.
    public var quotas: [String: QuotaInfo]
    /// What roles may have at most, by role and the name of the scalar.
    @Mapped public var limits: [String: [String: ScalarValue]]
    public init(quotas: [String: QuotaInfo] = [:], limits: [String: [String: ScalarValue]] = [:]) {
        self.quotas = quotas
        self.limits = limits
    }
}

/// Payload of `MesosStatePaths.weights`: what operators set explicitly.
public struct WeightsRecord: Codable, Sendable, Hashable {
    public var v = 1
    /// By role.
    public var weights: [String: Double]
    public init(weights: [String: Double] = [:]) { self.weights = weights }
}

/// Payload of `MesosStatePaths.maintenance`.
public struct MaintenanceRecord: Codable, Sendable, Hashable {
    public var v = 1
    public var schedule: MaintenanceSchedule
    public init(schedule: MaintenanceSchedule = MaintenanceSchedule()) { self.schedule = schedule }
}

/// Payload of `MesosStatePaths.machines`: the machines that are not UP.
public struct MachinesRecord: Codable, Sendable, Hashable {
    public var v = 1
    public var machines: [MachineInfo]
    public init(machines: [MachineInfo] = []) { self.machines = machines }
}

/// Payload of an agent's ephemeral node.
public struct LiveAgent: Codable, Sendable, Hashable {
    public var v = 1
    public var agent_id: AgentID
    public var pid: String
    public var hostname: String
    public var ip: String
    public var port: Int
    public var boot_id: String
    /// Grows with each creation of the node.
    public var incarnation: Int
    public var version: String
    public init(
        agent_id: AgentID, pid: String, hostname: String, ip: String, port: Int, boot_id: String, incarnation: Int, version: String
    ) {
        self.agent_id = agent_id
        self.pid = pid
        self.hostname = hostname
        self.ip = ip
        self.port = port
        self.boot_id = boot_id
        self.incarnation = incarnation
        self.version = version
    }
}

/// Payload of a framework's node.
public struct FrameworkRecord: Codable, Sendable, Hashable {
    public enum State: String, Codable, Sendable { case active, completed }
    public var v = 1
    public var id: FrameworkID
    public var name: String
    public var hostname: String
    /// Libmesos schedulers only.
    public var pid: String?
    public var info: FrameworkInfo
    public var state: State
    /// Seconds since the epoch.
    public var registered_time: Double
    public var reregistered_time: Double?
    /// When the scheduler's stream broke; the failover timer runs from here, whoever leads.
    public var disconnected_at: Double?
    public var unregistered_time: Double?
    public init(id: FrameworkID, info: FrameworkInfo, state: State, registered_time: Double) {
        self.id = id
        self.name = info.name
        self.hostname = info.hostname ?? ""
        self.info = info
        self.state = state
        self.registered_time = registered_time
    }
}

/// Payload of `kills/…/<agent id>`: kills that an agent has not confirmed yet, by `<framework id>/<task id>`.
public struct PendingKills: Codable, Sendable, Hashable {
    public var v = 1
    public var kills: [String: KillPolicy]
    public init(kills: [String: KillPolicy] = [:]) { self.kills = kills }
}

/// One element of a task record's `statuses`: a `TaskStatus` without what may be large.
public struct TaskStatusRecord: Codable, Sendable, Hashable {
    public var state: TaskState
    /// Seconds since the epoch.
    public var timestamp: Double
    public var healthy: Bool?
    public var labels: [Label]?
    public var container_status: ContainerStatus?
    public init(
        state: TaskState, timestamp: Double, healthy: Bool? = nil, labels: [Label]? = nil, container_status: ContainerStatus? = nil
    ) {
        self.state = state
        self.timestamp = timestamp
        self.healthy = healthy
        self.labels = labels
        self.container_status = container_status
    }
}

/// What the cluster knows of one task: written by its agent, read by masters, Mesos-DNS and load balancers
/// (contracts/mesos.md §21.3, task record).
public struct TaskRecord: Codable, Sendable, Hashable {
    public struct StatusUpdate: Codable, Sendable, Hashable {
        public var state: TaskState
        /// Base64.
        public var uuid: String?
        public init(state: TaskState, uuid: String? = nil) {
            self.state = state
            self.uuid = uuid
        }
    }
    public var id: TaskID
    public var name: String
    public var framework_id: FrameworkID
    /// Empty for a command task.
    public var executor_id: String
    public var state: TaskState
    /// Full entries; readers that need the v0 shape derive it.
    @Listed public var resources: [Resource]
    public var user: String?
    public var discovery: DiscoveryInfo?
    public var labels: [Label]?
    public var container: ContainerInfo?
    /// The last two, oldest first; while the task runs the newest TASK_RUNNING is one of them.
    @Listed public var statuses: [TaskStatusRecord]
    public var status_update: StatusUpdate?

    public init(id: TaskID, name: String, framework_id: FrameworkID, executor_id: String = "", state: TaskState, resources: [Resource]) {
        self.id = id
        self.name = name
        self.framework_id = framework_id
        self.executor_id = executor_id
        self.state = state
        self.resources = resources
        self.statuses = []
    }

    private enum CodingKeys: String, CodingKey {
        case id, name, framework_id, executor_id, state, resources, user, discovery, labels, container, statuses, status_update
    }

    /// `<framework id>/<task id>`: the key in a chunk.
    public var key: String { "\(framework_id)/\(id)" }
}

/// Payload of one task chunk of an agent. The name of a chunk is a bit string, a prefix of the task id's SHA-1 in binary
/// (`_` for the empty prefix): a chunk over 128 KiB splits in two by the next bit, two siblings below 16 KiB together merge.
public struct TaskChunk: Codable, Sendable, Hashable {
    public var v = 1
    public var agent_id: AgentID
    /// By `TaskRecord.key`.
    public var tasks: [String: TaskRecord]
    public init(agent_id: AgentID, tasks: [String: TaskRecord] = [:]) {
        self.agent_id = agent_id
        self.tasks = tasks
    }
}
