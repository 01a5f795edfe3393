/// What the master sends on an operator's stream: `mesos.v1.master.Event` (contracts/mesos.md §10, appendix A).
public struct OperatorEvent: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case unknown = "UNKNOWN"
        case subscribed = "SUBSCRIBED"
        case taskAdded = "TASK_ADDED"
        case taskUpdated = "TASK_UPDATED"
        case agentAdded = "AGENT_ADDED"
        case agentRemoved = "AGENT_REMOVED"
        case frameworkAdded = "FRAMEWORK_ADDED"
        case frameworkUpdated = "FRAMEWORK_UPDATED"
        case frameworkRemoved = "FRAMEWORK_REMOVED"
        case heartbeat = "HEARTBEAT"
    }
    public struct Subscribed: Codable, Sendable, Hashable {
        public var get_state: OperatorResponse.State?
        public var heartbeat_interval_seconds: Double?
        public init(get_state: OperatorResponse.State?, heartbeat_interval_seconds: Double? = 15) {
            self.get_state = get_state
            self.heartbeat_interval_seconds = heartbeat_interval_seconds
        }
    }
    public struct TaskAdded: Codable, Sendable, Hashable {
        public var task: TaskDescription
        public init(task: TaskDescription) { self.task = task }
    }
    /// The fields of 1.0 (ids and state) and the later ones (framework, status, state) together; in the binary form, where
    /// their numbers clash, the former have theirs and `status` has one that no release uses.
    public struct TaskUpdated: Codable, Sendable, Hashable {
        public var task_id: TaskID
        public var framework_id: FrameworkID
        public var agent_id: AgentID
        public var executor_id: ExecutorID?
        /// The latest state known of the task; `status` may be older.
        public var state: TaskState
        public var status: TaskStatus?
        public init(
            task_id: TaskID, framework_id: FrameworkID, agent_id: AgentID, executor_id: ExecutorID?, state: TaskState, status: TaskStatus?
        ) {
            self.task_id = task_id
            self.framework_id = framework_id
            self.agent_id = agent_id
            self.executor_id = executor_id
            self.state = state
            self.status = status
        }
    }
    public struct AgentAdded: Codable, Sendable, Hashable {
        public var agent: OperatorResponse.Agent
        public init(agent: OperatorResponse.Agent) { self.agent = agent }
    }
    public struct AgentRemoved: Codable, Sendable, Hashable {
        public var agent_id: AgentID
        public init(agent_id: AgentID) { self.agent_id = agent_id }
    }
    /// FRAMEWORK_ADDED and FRAMEWORK_UPDATED.
    public struct FrameworkChanged: Codable, Sendable, Hashable {
        public var framework: OperatorResponse.Framework
        public init(framework: OperatorResponse.Framework) { self.framework = framework }
    }
    public struct FrameworkRemoved: Codable, Sendable, Hashable {
        public var framework_info: FrameworkInfo
        public init(framework_info: FrameworkInfo) { self.framework_info = framework_info }
    }

    public var type: Kind
    public var subscribed: Subscribed?
    public var task_added: TaskAdded?
    public var task_updated: TaskUpdated?
    public var agent_added: AgentAdded?
    public var agent_removed: AgentRemoved?
    public var framework_added: FrameworkChanged?
    public var framework_updated: FrameworkChanged?
    public var framework_removed: FrameworkRemoved?

    public init(type: Kind) { self.type = type }
}
