import ResourceModel

extension Allocator {
    /// One role: a client of the sorter of roles, and the sorter of its own frameworks.
    struct Role: Sendable {
        /// A framework as this role sees it. It stays, inactive, while something is charged to it.
        struct Member: Sendable {
            var held = Quantities()
            /// Subscribed in this role.
            var isActive = false
            var isSuppressed = false
            /// Allocations made while active: the tie-breaker of equal shares.
            var allocations = 0
            /// The agents where it has filters or is in `declined`.
            var refusedAt: Set<AgentID> = []

            var isWanting: Bool { isActive && !isSuppressed }
            var isForgettable: Bool { !isActive && held.isEmpty && refusedAt.isEmpty }
        }

        var weight: Double = 1
        /// Of roles at the top: for themselves and everything below them.
        var guarantee: Quantities?
        /// Thousandths by name, for the role and everything below it; nil: the role has at most what it is guaranteed, if anything.
        var limits: [String: Int64]?
        var members: [FrameworkID: Member] = [:]
        /// Held by all members.
        var held = Quantities()
        var heldNonRevocable = Quantities()
        /// The part that is neither reserved nor revocable.
        var heldUnreserved = Quantities()
        /// Members in fair order that want offers; nil: to be derived.
        var order: [FrameworkID]?

        var allocations: Int { members.values.reduce(0) { $0 + $1.allocations } }
        var isForgettable: Bool { members.isEmpty && weight == 1 && guarantee == nil && limits == nil && held.isEmpty }

        /// Smaller share of what the role holds, then fewer allocations, then name.
        func fairOrder(excluding excluded: Set<String>) -> [FrameworkID] {
            members.compactMap { id, member -> Place<FrameworkID>? in
                guard member.isWanting else { return nil }
                return Place(
                    share: member.held.dominantShare(of: held, excluding: excluded), allocations: member.allocations, name: id)
            }
            .sorted().map(\.name)
        }
    }

    /// Where a client stands in a sorter.
    struct Place<Name: Comparable>: Comparable {
        var share: Double
        var allocations: Int
        var name: Name

        static func < (a: Place, b: Place) -> Bool { (a.share, a.allocations, a.name) < (b.share, b.allocations, b.name) }
    }
}
