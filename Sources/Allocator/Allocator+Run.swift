public import ResourceModel

extension Allocator {
    /// One allocation run (contracts/mesos.md §13, "Run"): each agent's free resources go, whole, to the first framework
    /// in fair order that wants them; roles below their guarantee come first, and what they still lack is kept free.
    /// - only: the agents to look at; nil for all.
    /// - now: in the same seconds as everywhere.
    public mutating func allocate(
        only: [AgentID]? = nil, now: Double, using generator: inout some RandomNumberGenerator
    ) -> [Allocation] {
        guard !rolesInOrder().isEmpty else { return [] }
        var candidates = (only.map { $0.sorted() } ?? sortedAgents).filter { id in
            agents[id].map { $0.isActive && $0.hasRoom } ?? false
        }
        guard !candidates.isEmpty else { return [] }
        candidates.shuffle(using: &generator)
        var result: [Allocation] = []
        guard roles.values.contains(where: { $0.guarantee != nil }) else {
            for id in candidates { shareFairly(id, now: now, headroom: nil, into: &result) }
            return result
        }
        for id in candidates { satisfyGuarantees(id, now: now, into: &result) }
        var headroom: Quantities? = self.headroom()
        for id in candidates where agents[id]?.hasRoom ?? false {
            guard headroom.map({ minimum.isMet(by: $0) }) ?? true else { break }
            let first = result.count
            shareFairly(id, now: now, headroom: headroom, into: &result)
            for allocation in result[first...] { headroom? -= Quantities(allocation.resources) }
        }
        return result
    }

    // MARK: Quota stage

    private mutating func satisfyGuarantees(_ id: AgentID, now: Double, into result: inout [Allocation]) {
        let order = quotaRolesInOrder()
        for isSecondRound in [false, true] {
            if isSecondRound, agents[id]?.declined.isEmpty ?? true { return }
            roles: for name in order {
                guard let guarantee = roles[name]?.guarantee, !branch(name).heldNonRevocable.contains(guarantee) else { continue }
                for member in rolesInOrder() where member == name || Self.top(of: member) == name {
                    for framework in members(of: member) {
                        let client = Client(framework: framework, role: member)
                        guard canAsk(client, on: id, declined: isSecondRound),
                            let resources = wanted(by: client, on: id, unreserved: true, revocable: false),
                            !isFiltered(resources, client, on: id, now: now)
                        else { continue }
                        give(resources, to: client, on: id, into: &result)
                        if isSecondRound {
                            // Every role below its guarantee was asked.
                            let rest: Set<Client> = agents[id]?.declined.filter { roles[Self.top(of: $0.role)]?.guarantee == nil } ?? []
                            agents[id]?.declined = rest
                        }
                        continue roles
                    }
                }
            }
        }
    }

    /// By share of what is not revocable.
    private func quotaRolesInOrder() -> [String] {
        roles.compactMap { name, role -> Place<String>? in
            guard role.guarantee != nil else { return nil }
            let share = branch(name).heldNonRevocable.dominantShare(of: nonRevocableCluster, excluding: excluded) / role.weight
            return Place(share: share, allocations: role.allocations, name: name)
        }
        .sorted().map(\.name)
    }

    /// What may be given away without touching what guarantees still need.
    private func headroom() -> Quantities {
        roles.reduce(cluster) { rest, entry in
            rest - entry.value.held - (entry.value.guarantee.map { $0 - branch(entry.key).heldNonRevocable } ?? Quantities())
        }
    }

    // MARK: Fair share stage

    /// - headroom: nil without quotas.
    private mutating func shareFairly(_ id: AgentID, now: Double, headroom: Quantities?, into result: inout [Allocation]) {
        var rest = headroom
        let order = rolesInOrder().map { (name: $0, members: members(of: $0)) }
        for isSecondRound in [false, true] {
            if isSecondRound, agents[id]?.declined.isEmpty ?? true { return }
            for (name, members) in order {
                let quota = roles[Self.top(of: name)]
                let unreserved = quota?.guarantee == nil || quota?.limits != nil
                for framework in members {
                    // Roles see different reserved parts: after one framework was served there may be more to give.
                    guard agents[id]?.hasRoom ?? false else { return }
                    let client = Client(framework: framework, role: name)
                    guard canAsk(client, on: id, declined: isSecondRound) else { continue }
                    guard
                        let resources = wanted(
                            by: client, on: id, unreserved: unreserved, revocable: frameworks[framework]?.takesRevocable ?? false),
                        !isFiltered(resources, client, on: id, now: now)
                    else { continue }
                    if let left = rest {
                        let amounts = Quantities(resources)
                        guard left.contains(amounts) else { continue }
                        rest = left - amounts
                    }
                    give(resources, to: client, on: id, into: &result)
                    // Nobody before it wanted these resources: everybody was asked.
                    if isSecondRound { agents[id]?.declined = [] }
                }
            }
        }
    }

    // MARK: Both

    /// What there is for the framework in this role, within the role's limits; nil: not enough to be offered.
    private func wanted(by client: Client, on id: AgentID, unreserved: Bool, revocable: Bool) -> Resources? {
        guard var resources = agents[id]?.offerable(to: client.role, unreserved: unreserved, revocable: revocable) else { return nil }
        if let allowance = allowance(of: client.role) { resources = resources.limited(to: allowance) }
        let minimum = frameworks[client.framework]?.minima[client.role] ?? minimum
        return minimum.isMet(by: resources) && !resources.isEmpty ? resources : nil
    }

    /// - declined: whether it is the turn of those who declined this agent.
    private func canAsk(_ client: Client, on id: AgentID, declined: Bool) -> Bool {
        guard let agent = agents[id], agent.declined.contains(client) == declined else { return false }
        return !agent.hasGPUs || frameworks[client.framework]?.takesGPUs ?? false
    }

    private mutating func isFiltered(_ resources: Resources, _ client: Client, on id: AgentID, now: Double) -> Bool {
        guard var filters = agents[id]?.filters[client] else { return false }
        if filters.contains(where: { $0.until <= now }) {
            filters.removeAll { $0.until <= now }
            agents[id]?.filters[client] = filters.isEmpty ? nil : filters
        }
        return filters.contains { $0.refused.contains(resources) }
    }

    private mutating func give(_ resources: Resources, to client: Client, on id: AgentID, into result: inout [Allocation]) {
        agents[id]?.add(resources, to: client)
        charge(resources, client, sign: 1)
        roles[client.role]?.members[client.framework]?.allocations += 1
        result.append(Allocation(framework: client.framework, agent: id, role: client.role, resources: resources))
    }

    /// Roles with members that want offers.
    mutating func rolesInOrder() -> [String] {
        if let roleOrder { return roleOrder }
        let order = inTreeOrder(roles.compactMap { $0.value.members.values.contains(where: \.isWanting) ? $0.key : nil })
        roleOrder = order
        return order
    }

    private mutating func members(of role: String) -> [FrameworkID] {
        if let order = roles[role]?.order { return order }
        let order = roles[role]?.fairOrder(excluding: excluded) ?? []
        roles[role]?.order = order
        return order
    }
}
