/// A task as master and agents describe it: `mesos.v1.Task` (appendix A).
public struct TaskDescription: Codable, Sendable, Hashable {
    public var name: String
    public var task_id: TaskID
    public var framework_id: FrameworkID
    public var executor_id: ExecutorID?
    public var agent_id: AgentID
    /// The latest state known.
    public var state: TaskState
    @Listed public var resources: [Resource]
    @Listed public var statuses: [TaskStatus]
    /// Of the update that waits for its acknowledgement.
    public var status_update_state: TaskState?
    /// Base64 of 16 bytes.
    public var status_update_uuid: String?
    public var labels: Labels?
    public var discovery: DiscoveryInfo?
    public var container: ContainerInfo?
    public var user: String?

    public init(name: String, task_id: TaskID, framework_id: FrameworkID, agent_id: AgentID, state: TaskState, resources: [Resource]) {
        self.name = name
        self.task_id = task_id
        self.framework_id = framework_id
        self.agent_id = agent_id
        self.state = state
        self.resources = resources
        self.statuses = []
    }
}
