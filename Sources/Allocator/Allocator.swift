public import ResourceModel

/// Decides which framework is offered which agent's resources: dominant-resource fairness between roles, then between
/// the frameworks of a role (contracts/mesos.md §13).
///
/// Events go in through the mutating methods, offers come out of `allocate`. Neither a clock nor a source of randomness is
/// inside. Guarantees: the same resources are never in two allocations, and every framework that wants offers gets one
/// from each agent with free resources after at most as many allocations there as there are such frameworks (a framework
/// that declined an agent goes behind the others for that agent until all were asked).
public struct Allocator: Sendable {
    /// One agent's resources given to one framework, for an offer.
    public struct Allocation: Sendable, Hashable {
        public var framework: FrameworkID
        public var agent: AgentID
        public var resources: Resources
    }

    struct Agent: Sendable {
        var total: Resources
        var isActive: Bool
        /// Offered or used, by framework.
        var allocated: [FrameworkID: Resources] = [:]
        /// Derived: `total` without all of `allocated`.
        var available: Resources
        /// Who declined something here since everybody was last asked.
        var declined: Set<FrameworkID> = []
        var filters: [FrameworkID: [Filter]] = [:]

        mutating func refreshAvailable() {
            available = allocated.values.reduce(into: total) { $0 -= $1 }
        }
    }

    struct Framework: Sendable {
        var role: String
        var takesRevocable: Bool
        var takesGPUs: Bool
        var isActive: Bool
        var isSuppressed = false
        /// Allocations made while active: the tie-breaker of equal shares.
        var allocations = 0
    }

    /// Refuses allocations that fit into what was refused.
    struct Filter: Sendable {
        var refused: Resources
        /// In the caller's seconds.
        var until: Double
    }

    var agents: [AgentID: Agent] = [:]
    var frameworks: [FrameworkID: Framework] = [:]
    /// Everything held by a framework on all agents, scalars in thousandths.
    var held: [FrameworkID: [String: Int64]] = [:]
    /// The scalars of all agents, in thousandths.
    var cluster: [String: Int64] = [:]

    public init() {}

    // MARK: Agents

    /// Adds an agent or changes its total; what is allocated there stays.
    public mutating func setAgent(_ id: AgentID, total: Resources, isActive: Bool) {
        if let old = agents[id]?.total { add(old, to: &cluster, sign: -1) }
        add(total, to: &cluster, sign: 1)
        var agent = agents[id] ?? Agent(total: total, isActive: isActive, available: total)
        agent.total = total
        agent.isActive = isActive
        agent.refreshAvailable()
        agents[id] = agent
    }

    /// An inactive agent is not offered.
    public mutating func setAgent(_ id: AgentID, active: Bool) {
        agents[id]?.isActive = active
    }

    /// Forgets the agent and everything allocated there.
    public mutating func removeAgent(_ id: AgentID) {
        guard let agent = agents.removeValue(forKey: id) else { return }
        add(agent.total, to: &cluster, sign: -1)
        for (framework, resources) in agent.allocated { addHeld(resources, framework: framework, sign: -1) }
    }

    // MARK: Frameworks

    /// Adds a framework or changes its capabilities; what it holds stays, filters and suppression are forgotten.
    public mutating func setFramework(_ id: FrameworkID, info: FrameworkInfo, isActive: Bool) {
        let capabilities = Set(info.capabilities.map(\.type))
        var framework = Framework(
            role: info.role, takesRevocable: capabilities.contains("REVOCABLE_RESOURCES"),
            takesGPUs: capabilities.contains("GPU_RESOURCES"), isActive: isActive)
        framework.allocations = frameworks[id]?.allocations ?? 0
        frameworks[id] = framework
        forgetRefusals(of: id)
    }

    /// No more offers; filters, suppression and its count of allocations are forgotten.
    public mutating func deactivateFramework(_ id: FrameworkID) {
        frameworks[id]?.isActive = false
        frameworks[id]?.isSuppressed = false
        frameworks[id]?.allocations = 0
        forgetRefusals(of: id)
    }

    /// Forgets the framework; what it still holds stays charged until it is recovered.
    public mutating func removeFramework(_ id: FrameworkID) {
        frameworks[id] = nil
        forgetRefusals(of: id)
    }

    public mutating func suppress(_ id: FrameworkID) {
        frameworks[id]?.isSuppressed = true
    }

    /// Ends suppression and all filters of the framework.
    public mutating func revive(_ id: FrameworkID) {
        frameworks[id]?.isSuppressed = false
        forgetRefusals(of: id)
    }

    // MARK: Resources

    /// Records resources that a framework uses and that were not allocated here (tasks found after a failover).
    public mutating func charge(_ resources: Resources, to framework: FrameworkID, on agent: AgentID) {
        guard agents[agent] != nil, !resources.isEmpty else { return }
        agents[agent]?.allocated[framework, default: Resources()] += resources
        agents[agent]?.refreshAvailable()
        addHeld(resources, framework: framework, sign: 1)
    }

    /// Takes resources back from a framework.
    /// - refuseFor: seconds during which it does not want them (or less) from this agent; nil or 0 for no filter.
    /// - now: in the same seconds as everywhere.
    public mutating func recover(
        _ resources: Resources, from framework: FrameworkID, on agent: AgentID, refuseFor seconds: Double? = nil, now: Double = 0
    ) {
        guard let have = agents[agent]?.allocated[framework], !resources.isEmpty else { return }
        let rest = have - resources
        agents[agent]?.allocated[framework] = rest.isEmpty ? nil : rest
        agents[agent]?.refreshAvailable()
        addHeld(have - rest, framework: framework, sign: -1)
        guard let seconds, frameworks[framework] != nil else { return }
        agents[agent]?.declined.insert(framework)
        if seconds > 0 {
            agents[agent]?.filters[framework, default: []].append(Filter(refused: resources, until: now + seconds))
        }
    }

    public func allocated(on agent: AgentID) -> [FrameworkID: Resources] { agents[agent]?.allocated ?? [:] }
    public func available(on agent: AgentID) -> Resources { agents[agent]?.available ?? Resources() }
    public var activeFilterCount: Int { agents.values.reduce(0) { $0 + $1.filters.count } }

    private mutating func forgetRefusals(of framework: FrameworkID) {
        for id in agents.keys {
            agents[id]?.filters[framework] = nil
            agents[id]?.declined.remove(framework)
        }
    }

    mutating func addHeld(_ resources: Resources, framework: FrameworkID, sign: Int64) {
        var quantities = held[framework] ?? [:]
        add(resources, to: &quantities, sign: sign)
        held[framework] = quantities.isEmpty ? nil : quantities
    }

    private func add(_ resources: Resources, to quantities: inout [String: Int64], sign: Int64) {
        for name in resources.scalarNames {
            let sum = (quantities[name] ?? 0) + sign * resources.thousandths(name)
            quantities[name] = sum > 0 ? sum : nil
        }
    }
}
