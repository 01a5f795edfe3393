/// What a scheduler says of its framework in SUBSCRIBE (contracts/mesos.md §8.2, appendix A).
public struct FrameworkInfo: Codable, Sendable, Hashable {
    public struct Capability: Codable, Sendable, Hashable {
        /// One of the names of the contract; unknown ones are kept.
        public var type: String
        public init(type: String) { self.type = type }
    }
    public var user: String
    public var name: String
    public var id: FrameworkID?
    /// Seconds between the loss of the scheduler's stream and the framework's removal.
    @Defaulted<Defaults.Zero> public var failover_timeout: Double
    @Defaulted<Defaults.False> public var checkpoint: Bool
    @Defaulted<Defaults.Role> public var role: String
    /// The roles of a framework with capability MULTI_ROLE; then `role` does not count.
    @Listed public var roles: [String]
    public var hostname: String?
    public var principal: String?
    public var webui_url: String?
    @Listed public var capabilities: [Capability]
    public var labels: Labels?
    /// By role.
    @Mapped public var offer_filters: [String: OfferFilters]

    public init(user: String, name: String) {
        self.user = user
        self.name = name
        self.failover_timeout = 0
        self.checkpoint = false
        self.role = "*"
        self.roles = []
        self.capabilities = []
        self.offer_filters = [:]
    }

    /// Whether it declared the capability, e.g. `PARTITION_AWARE`.
    public func has(_ capability: String) -> Bool { capabilities.contains { $0.type == capability } }

    /// The roles in which it may hold resources, in the order given.
    public var allRoles: [String] { has("MULTI_ROLE") ? roles : [role] }
}
