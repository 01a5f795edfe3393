public import ResourceModel

// What operators set for roles (contracts/mesos.md §4.8), and what metrics show of them.
extension Allocator {
    /// - weight: greater than 0; nil for the default of 1.
    public mutating func setWeight(_ weight: Double?, of role: String) {
        roles[role, default: Role()].weight = weight.flatMap { $0 > 0 ? $0 : nil } ?? 1
        roleOrder = nil
        forgetIfDone(role: role)
    }

    /// - guarantee: nil for none.
    public mutating func setQuota(_ guarantee: Resources?, of role: String) {
        roles[role, default: Role()].guarantee = guarantee.map { Quantities($0) }
        roleOrder = nil
        forgetIfDone(role: role)
    }

    /// Roles with frameworks, charges, a weight or a quota.
    public var knownRoles: [String] { roles.keys.sorted() }

    public func weight(of role: String) -> Double { roles[role]?.weight ?? 1 }

    /// Offered to or used by the role's frameworks.
    public func held(by role: String) -> Quantities { roles[role]?.held ?? Quantities() }

    /// The role's dominant share of the cluster, without its weight.
    public func dominantShare(of role: String) -> Double {
        roles[role]?.held.dominantShare(of: cluster, excluding: excluded) ?? 0
    }

    /// Frameworks with filters by role, counted once per agent.
    public var activeFilterCounts: [String: Int] {
        agents.values.reduce(into: [:]) { counts, agent in
            for client in agent.filters.keys { counts[client.role, default: 0] += 1 }
        }
    }

    /// What counts for a guarantee.
    public func heldNonRevocable(by role: String) -> Quantities { roles[role]?.heldNonRevocable ?? Quantities() }

    /// Everything all agents have.
    public var clusterTotal: Quantities { cluster }
}
