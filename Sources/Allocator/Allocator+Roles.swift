public import ResourceModel

// What operators set for roles (contracts/mesos.md §4.8), and what metrics show of them.
extension Allocator {
    /// - weight: greater than 0; nil for the default of 1.
    public mutating func setWeight(_ weight: Double?, of role: String) {
        roles[role, default: Role()].weight = weight.flatMap { $0 > 0 ? $0 : nil } ?? 1
        roleOrder = nil
        forgetIfDone(role: role)
    }

    /// Of a role at the top, for itself and everything below it.
    /// - guarantee: nil for none.
    /// - limits: what it may have at most, by name; nil: no more than the guarantee, if there is one, as each agent is given whole.
    public mutating func setQuota(_ guarantee: Resources?, limits: [String: Double]? = nil, of role: String) {
        let guarantee = guarantee.map { Quantities($0) }
        roles[role, default: Role()].guarantee = guarantee?.isEmpty ?? true ? nil : guarantee
        roles[role]?.limits = limits?.mapValues { Int64((min(max($0, 0), 9e15) * 1000).rounded()) }
        roleOrder = nil
        forgetIfDone(role: role)
    }

    /// Roles with frameworks, charges, a weight or a quota.
    public var knownRoles: [String] { roles.keys.sorted() }

    public func weight(of role: String) -> Double { roles[role]?.weight ?? 1 }

    /// Offered to or used by the role's frameworks.
    public func held(by role: String) -> Quantities { roles[role]?.held ?? Quantities() }

    /// The dominant share of the cluster of the role and those below it, without its weight.
    public func dominantShare(of role: String) -> Double { branch(role).held.dominantShare(of: cluster, excluding: excluded) }

    /// Frameworks with filters by role, counted once per agent.
    public var activeFilterCounts: [String: Int] {
        agents.values.reduce(into: [:]) { counts, agent in
            for client in agent.filters.keys { counts[client.role, default: 0] += 1 }
        }
    }

    /// What counts for a guarantee: held by the role and those below it.
    public func heldNonRevocable(by role: String) -> Quantities { branch(role).heldNonRevocable }

    /// What counts for a limit: what is reserved for the role and those below it, and what they hold besides.
    public func consumed(by role: String) -> Quantities { branch(role).heldUnreserved + (reserved[role] ?? Quantities()) }

    /// Everything all agents have.
    public var clusterTotal: Quantities { cluster }
}
