/// What an agent says of itself when it registers.
public struct AgentInfo: Codable, Sendable, Hashable {
    public var hostname: String
    @Listed public var resources: [Resource]
    @Listed public var attributes: [Attribute]
    public var id: AgentID?
    @Defaulted<Defaults.AgentPort> public var port: Int
    public init(hostname: String, resources: [Resource], attributes: [Attribute] = [], id: AgentID? = nil, port: Int = 5051) {
        self.hostname = hostname
        self.resources = resources
        self.attributes = attributes
        self.id = id
        self.port = port
    }
}
