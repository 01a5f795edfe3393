/// One status update of a task (contracts/mesos.md §11.3).
public struct TaskStatus: Codable, Sendable, Hashable {
    public var task_id: TaskID
    public var state: TaskState
    /// Base64.
    public var data: String?
    public var message: String?
    public var agent_id: AgentID?
    /// Seconds since the epoch.
    public var timestamp: Double?
    public var executor_id: ExecutorID?
    public var healthy: Bool?
    /// `SOURCE_MASTER`, `SOURCE_AGENT` or `SOURCE_EXECUTOR`.
    public var source: String?
    /// `REASON_…`, contracts/mesos.md §14.
    public var reason: String?
    /// Base64 of 16 bytes; present iff the framework must acknowledge.
    public var uuid: String?
    public var labels: Labels?
    public var container_status: ContainerStatus?
    /// When the agent was found unreachable; only with TASK_UNREACHABLE.
    public var unreachable_time: TimeInfo?

    public init(task_id: TaskID, state: TaskState) {
        self.task_id = task_id
        self.state = state
    }
}
