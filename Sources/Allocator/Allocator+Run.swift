public import ResourceModel

extension Allocator {
    /// One allocation run (contracts/mesos.md §13, "Run", fair-share stage): each agent's free resources go, whole, to the
    /// first framework in fair order that wants them.
    /// - only: the agents to look at; nil for all.
    /// - now: in the same seconds as everywhere; expired filters are dropped.
    public mutating func allocate(
        only: [AgentID]? = nil, now: Double, using generator: inout some RandomNumberGenerator
    ) -> [Allocation] {
        let wanting = frameworks.filter { $0.value.isActive && !$0.value.isSuppressed }
        guard !wanting.isEmpty else { return [] }
        var candidates = (only ?? Array(agents.keys)).filter { id in
            agents[id].map { $0.isActive && $0.available.isAllocatable } ?? false
        }
        // A stable start makes a run reproducible from its seed.
        candidates.sort()
        candidates.shuffle(using: &generator)
        var result: [Allocation] = []
        for id in candidates { result += allocate(agent: id, wanting: wanting, now: now) }
        return result
    }

    private mutating func allocate(agent id: AgentID, wanting: [FrameworkID: Framework], now: Double) -> [Allocation] {
        guard var agent = agents[id] else { return [] }
        agent.filters = agent.filters.compactMapValues { filters in
            let live = filters.filter { $0.until > now }
            return live.isEmpty ? nil : live
        }
        defer { agents[id] = agent }
        let hasGPUs = agent.total.thousandths("gpus") > 0
        // Roles may see different reserved parts, so that after one framework was served there may be more to give.
        var result: [Allocation] = []
        for framework in fairOrder(of: wanting, declined: agent.declined) {
            guard let wants = wanting[framework], wants.takesGPUs || !hasGPUs else { continue }
            let resources = agent.available.filter {
                ($0.role == "*" || $0.role == wants.role) && (!$0.revocable || wants.takesRevocable)
            }
            guard resources.isAllocatable else { continue }
            if agent.filters[framework]?.contains(where: { $0.refused.contains(resources) }) ?? false { continue }
            agent.allocated[framework, default: Resources()] += resources
            agent.available -= resources
            addHeld(resources, framework: framework, sign: 1)
            frameworks[framework]?.allocations += 1
            if agent.declined.contains(framework) {
                // Nobody before it wanted these resources: everybody was asked.
                agent.declined = []
            }
            result.append(Allocation(framework: framework, agent: id, resources: resources))
            if !agent.available.isAllocatable { break }
        }
        return result
    }

    /// Role by share, then framework by share; who declined this agent goes behind everybody who did not.
    func fairOrder(of wanting: [FrameworkID: Framework], declined: Set<FrameworkID>) -> [FrameworkID] {
        var roleHeld: [String: [String: Int64]] = [:]
        var roleAllocations: [String: Int] = [:]
        for (id, framework) in frameworks {
            roleAllocations[framework.role, default: 0] += framework.allocations
            guard let quantities = held[id] else { continue }
            roleHeld[framework.role, default: [:]].merge(quantities, uniquingKeysWith: +)
        }
        let roleShares = roleHeld.mapValues { dominantShare(of: $0, total: cluster) }
        return wanting.map { id, framework in
            Place(
                declined: declined.contains(id), roleShare: roleShares[framework.role] ?? 0,
                roleAllocations: roleAllocations[framework.role] ?? 0, role: framework.role,
                share: dominantShare(of: held[id] ?? [:], total: roleHeld[framework.role] ?? [:]),
                allocations: framework.allocations, id: id)
        }
        .sorted().map(\.id)
    }

    private func dominantShare(of quantities: [String: Int64], total: [String: Int64]) -> Double {
        quantities.reduce(0) { share, entry in
            guard let whole = total[entry.key], whole > 0 else { return share }
            return max(share, Double(entry.value) / Double(whole))
        }
    }

    /// Where a framework stands in the fair order.
    private struct Place: Comparable {
        var declined: Bool
        var roleShare: Double
        var roleAllocations: Int
        var role: String
        var share: Double
        var allocations: Int
        var id: FrameworkID

        static func < (a: Place, b: Place) -> Bool {
            if a.declined != b.declined { return !a.declined }
            if a.role != b.role {
                return (a.roleShare, a.roleAllocations, a.role) < (b.roleShare, b.roleAllocations, b.role)
            }
            return (a.share, a.allocations, a.id) < (b.share, b.allocations, b.id)
        }
    }
}

extension Resources {
    /// Worth offering: at least 0.01 cpus or 32 MB (contracts/mesos.md §13, "Allocatable").
    public var isAllocatable: Bool { thousandths("cpus") >= 10 || thousandths("mem") >= 32_000 }
}
