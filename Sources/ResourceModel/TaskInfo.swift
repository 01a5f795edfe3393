/// A task as its framework launches it (contracts/mesos.md §8.5).
public struct TaskInfo: Codable, Sendable, Hashable {
    public var name: String
    public var task_id: TaskID
    public var agent_id: AgentID
    @Listed public var resources: [Resource]
    public var executor: ExecutorInfo?
    /// Base64.
    public var data: String?
    public var command: CommandInfo?
    public var health_check: HealthCheckInfo?
    public var container: ContainerInfo?
    public var labels: Labels?
    public var discovery: DiscoveryInfo?
    public var kill_policy: KillPolicy?
    /// The task is killed when it has run for this long.
    public var max_completion_time: DurationInfo?

    public init(name: String, task_id: TaskID, agent_id: AgentID, resources: [Resource]) {
        self.name = name
        self.task_id = task_id
        self.agent_id = agent_id
        self.resources = resources
    }
}
