/// Which agents a framework wants offers from, by role (contracts/mesos.md §20).
public struct OfferConstraints: Codable, Sendable, Hashable {
    /// An agent satisfies it if it satisfies one of the groups.
    public struct Role: Codable, Sendable, Hashable {
        @Listed public var groups: [Group]
        public init(groups: [Group]) { self.groups = groups }
    }
    /// An agent satisfies it if it satisfies all of them.
    public struct Group: Codable, Sendable, Hashable {
        @Listed public var attribute_constraints: [AttributeConstraint]
        public init(attribute_constraints: [AttributeConstraint]) { self.attribute_constraints = attribute_constraints }
    }
    @Mapped public var role_constraints: [String: Role]
    public init(role_constraints: [String: Role]) { self.role_constraints = role_constraints }
}
