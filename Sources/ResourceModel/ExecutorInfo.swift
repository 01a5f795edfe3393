/// A custom executor (contracts/mesos.md §9).
public struct ExecutorInfo: Codable, Sendable, Hashable {
    public var executor_id: ExecutorID
    /// Base64.
    public var data: String?
    @Listed public var resources: [Resource]
    public var command: CommandInfo
    public var framework_id: FrameworkID?
    public var name: String?
    public var source: String?
    public var container: ContainerInfo?
    public var discovery: DiscoveryInfo?
    public var shutdown_grace_period: DurationInfo?
    public var labels: Labels?
    /// `DEFAULT` or `CUSTOM`.
    public var type: String?
    public init(executor_id: ExecutorID, command: CommandInfo) {
        self.executor_id = executor_id
        self.command = command
        self.resources = []
    }
}
