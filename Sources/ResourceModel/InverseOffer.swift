/// The master asks a framework to leave an agent (contracts/mesos.md §8.6).
public struct InverseOffer: Codable, Sendable, Hashable {
    public var id: OfferID
    public var url: URLInfo?
    public var framework_id: FrameworkID
    public var agent_id: AgentID?
    public var unavailability: Unavailability
    @Listed public var resources: [Resource]

    public init(id: OfferID, framework_id: FrameworkID, agent_id: AgentID, unavailability: Unavailability) {
        self.id = id
        self.framework_id = framework_id
        self.agent_id = agent_id
        self.unavailability = unavailability
        self.resources = []
    }
}
