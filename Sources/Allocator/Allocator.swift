public import ResourceModel

/// Decides which framework is offered which agent's resources: guarantees first, then dominant-resource fairness between
/// roles, then between the frameworks of a role (contracts/mesos.md §13).
///
/// Events go in through the mutating methods, offers come out of `allocate`. Neither a clock nor a source of randomness is
/// inside. Guarantees: the same resources are never in two allocations, and every framework that wants offers gets one
/// from each agent with free resources after at most as many allocations there as there are such frameworks (a framework
/// that declined an agent goes behind the others for that agent until all were asked). Shares are kept up with each event:
/// a run costs candidate agents × frameworks that want offers.
public struct Allocator: Sendable {
    /// One agent's resources given to one framework in one of its roles, for an offer.
    public struct Allocation: Sendable, Hashable {
        public var framework: FrameworkID
        public var agent: AgentID
        public var role: String
        public var resources: Resources

        public init(framework: FrameworkID, agent: AgentID, role: String = "*", resources: Resources) {
            self.framework = framework
            self.agent = agent
            self.role = role
            self.resources = resources
        }
    }

    struct Framework: Sendable {
        var roles: [String]
        var takesRevocable: Bool
        var takesGPUs: Bool
        /// By role, where it is not the master's.
        var minima: [String: MinimumAllocation] = [:]
    }

    /// Names that do not count in shares (`--fair_sharing_excluded_resource_names`).
    let excluded: Set<String>
    /// What an offer must have at least, unless a framework has said otherwise.
    let minimum: MinimumAllocation
    /// Less than this nobody takes.
    private var floor: MinimumAllocation
    var agents: [AgentID: Agent] = [:]
    /// All agents, sorted: a stable start makes a run reproducible from its seed.
    var sortedAgents: [AgentID] = []
    var frameworks: [FrameworkID: Framework] = [:]
    var roles: [String: Role] = [:]
    /// What the roles below a role hold, where there are any.
    var below: [String: Branch] = [:]
    /// What agents have reserved, for a role and those below it.
    var reserved: [String: Quantities] = [:]
    /// Roles with members that want offers, in fair order; nil: to be derived.
    var roleOrder: [String]?
    /// Everything all agents have.
    var cluster = Quantities()
    var nonRevocableCluster = Quantities()

    public init(excludedFromShares excluded: Set<String> = [], minimum: MinimumAllocation = .standard) {
        self.excluded = excluded
        self.minimum = minimum
        self.floor = minimum
    }

    // MARK: Agents

    /// Adds an agent or changes its total; what is allocated there stays.
    public mutating func setAgent(_ id: AgentID, total: Resources, isActive: Bool) {
        if let old = agents[id] {
            if old.total != total {
                count(old.total, sign: -1)
                count(total, sign: 1)
                agents[id]?.setTotal(total)
            }
            agents[id]?.isActive = isActive
            return
        }
        count(total, sign: 1)
        agents[id] = Agent(total: total, isActive: isActive, floor: floor)
        sortedAgents.insert(id, at: position(of: id))
    }

    /// An inactive agent is not offered.
    public mutating func setAgent(_ id: AgentID, active: Bool) {
        agents[id]?.isActive = active
    }

    /// Forgets the agent and everything allocated there.
    public mutating func removeAgent(_ id: AgentID) {
        guard let agent = agents.removeValue(forKey: id) else { return }
        sortedAgents.remove(at: position(of: id))
        count(agent.total, sign: -1)
        for client in Set(agent.filters.keys).union(agent.declined) {
            roles[client.role]?.members[client.framework]?.refusedAt.remove(id)
            forgetIfDone(client)
        }
        for (client, resources) in agent.allocated { charge(resources, client, sign: -1) }
    }

    private mutating func count(_ total: Resources, sign: Int) {
        let all = Quantities(total)
        let nonRevocable = total.hasRevocable ? Quantities(total.filter { !$0.revocable }) : all
        countReservations(of: total, sign: sign)
        if sign > 0 {
            cluster += all
            nonRevocableCluster += nonRevocable
        } else {
            cluster -= all
            nonRevocableCluster -= nonRevocable
        }
        roleOrder = nil
    }

    /// Where the agent is, or would be, in `sortedAgents`.
    private func position(of id: AgentID) -> Int {
        var low = 0
        var high = sortedAgents.count
        while low < high {
            let middle = (low + high) / 2
            if sortedAgents[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Frameworks

    /// Adds a framework or changes its roles and capabilities; what it holds stays.
    /// - suppressed: the roles in which it does not want offers; in all others it wants them.
    /// - keepsFilters: whether what it declined stays declined.
    public mutating func setFramework(
        _ id: FrameworkID, info: FrameworkInfo, isActive: Bool, suppressed: Set<String> = [], keepsFilters: Bool = false
    ) {
        let wanted = info.allRoles
        let isMet = frameworks[id] == nil
        frameworks[id] = Framework(
            roles: wanted, takesRevocable: info.has("REVOCABLE_RESOURCES"), takesGPUs: info.has("GPU_RESOURCES"),
            minima: info.offer_filters.compactMapValues(\.minimum))
        updateFloor()
        if !keepsFilters { forgetRefusals(of: id, in: nil) }
        if isMet, !info.has("MULTI_ROLE") { moveCharges(of: id, to: info.role) }
        for (name, role) in roles where role.members[id] != nil && !wanted.contains(name) {
            roles[name]?.members[id]?.isActive = false
            disorder(name)
            forgetIfDone(Client(framework: id, role: name))
        }
        for name in wanted {
            roles[name, default: Role()].members[id, default: Role.Member()].isActive = isActive
            roles[name]?.members[id]?.isSuppressed = suppressed.contains(name)
            disorder(name)
        }
    }

    private mutating func updateFloor() {
        var lowest = minimum
        for framework in frameworks.values { for minimum in framework.minima.values { lowest = lowest.union(minimum) } }
        guard lowest != floor else { return }
        floor = lowest
        for id in agents.keys { agents[id]?.floor = lowest }
    }

    /// No more offers; filters, suppression and its count of allocations are forgotten.
    public mutating func deactivateFramework(_ id: FrameworkID) {
        forgetRefusals(of: id, in: nil)
        for name in memberships(of: id) {
            roles[name]?.members[id]?.isActive = false
            roles[name]?.members[id]?.isSuppressed = false
            roles[name]?.members[id]?.allocations = 0
            disorder(name)
        }
    }

    /// Forgets the framework; what it still holds stays charged until it is recovered.
    public mutating func removeFramework(_ id: FrameworkID) {
        deactivateFramework(id)
        frameworks[id] = nil
        updateFloor()
        for name in memberships(of: id) { forgetIfDone(Client(framework: id, role: name)) }
    }

    /// No offers in these roles until `revive`; empty: in all.
    public mutating func suppress(_ id: FrameworkID, roles names: [String] = []) {
        for name in memberships(of: id) where names.isEmpty || names.contains(name) {
            roles[name]?.members[id]?.isSuppressed = true
            disorder(name)
        }
    }

    /// Ends suppression and all filters of the framework in these roles; empty: in all.
    public mutating func revive(_ id: FrameworkID, roles names: [String] = []) {
        for name in memberships(of: id) where names.isEmpty || names.contains(name) {
            roles[name]?.members[id]?.isSuppressed = false
            disorder(name)
        }
        forgetRefusals(of: id, in: names.isEmpty ? nil : Set(names))
    }

    private func memberships(of id: FrameworkID) -> [String] {
        roles.compactMap { $0.value.members[id] == nil ? nil : $0.key }
    }

    private mutating func forgetRefusals(of id: FrameworkID, in names: Set<String>?) {
        for name in memberships(of: id) where names?.contains(name) ?? true {
            let client = Client(framework: id, role: name)
            for agent in roles[name]?.members[id]?.refusedAt ?? [] {
                agents[agent]?.filters[client] = nil
                agents[agent]?.declined.remove(client)
            }
            roles[name]?.members[id]?.refusedAt = []
        }
    }

    /// What was charged before its role was known (an orphan's tasks) belongs to its role.
    private mutating func moveCharges(of id: FrameworkID, to role: String) {
        for name in memberships(of: id) where name != role {
            let old = Client(framework: id, role: name)
            let new = Client(framework: id, role: role)
            for agent in sortedAgents {
                guard let resources = agents[agent]?.allocated[old] else { continue }
                charge(resources, old, sign: -1)
                charge(resources, new, sign: 1)
                agents[agent]?.move(old, to: new)
            }
        }
    }

    /// The sorters have to look again.
    mutating func disorder(_ role: String) {
        roles[role]?.order = nil
        roleOrder = nil
    }

    /// Drops members and roles of which nothing is left.
    mutating func forgetIfDone(_ client: Client) {
        guard let member = roles[client.role]?.members[client.framework] else { return }
        let isSubscribed = frameworks[client.framework]?.roles.contains(client.role) ?? false
        guard member.isForgettable, !isSubscribed else { return }
        roles[client.role]?.members[client.framework] = nil
        forgetIfDone(role: client.role)
        roleOrder = nil
    }

    mutating func forgetIfDone(role: String) {
        if roles[role]?.isForgettable ?? false { roles[role] = nil }
    }
}
