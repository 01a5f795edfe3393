/// Resources of one agent that one framework may use (contracts/mesos.md §8.6).
public struct Offer: Codable, Sendable, Hashable {
    public var id: OfferID
    public var framework_id: FrameworkID
    public var agent_id: AgentID
    public var hostname: String
    @Listed public var resources: [Resource]
    @Listed public var executor_ids: [ExecutorID]
    @Listed public var attributes: [Attribute]
    public var url: URLInfo?
    public var unavailability: Unavailability?
    /// Set for frameworks with capability MULTI_ROLE only.
    public var allocation_info: Resource.AllocationInfo?

    public init(
        id: OfferID, framework_id: FrameworkID, agent_id: AgentID, hostname: String, resources: [Resource],
        attributes: [Attribute] = [], url: URLInfo? = nil
    ) {
        self.id = id
        self.framework_id = framework_id
        self.agent_id = agent_id
        self.hostname = hostname
        self.resources = resources
        self.executor_ids = []
        self.attributes = attributes
        self.url = url
    }
}
