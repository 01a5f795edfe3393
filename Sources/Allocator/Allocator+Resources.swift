public import ResourceModel

// What frameworks hold: charged, given back, turned into something else.
extension Allocator {
    /// Records resources that a framework uses and that were not allocated here (tasks found after a failover).
    /// - role: nil for the only one it has.
    public mutating func charge(_ resources: Resources, to framework: FrameworkID, on agent: AgentID, role: String? = nil) {
        guard agents[agent] != nil, !resources.isEmpty else { return }
        let client = Client(framework: framework, role: role ?? frameworks[framework]?.roles.first ?? "*")
        agents[agent]?.add(resources, to: client)
        charge(resources, client, sign: 1)
    }

    /// Takes resources back from a framework.
    /// - role: in which it held them; nil for the only one it has.
    /// - refuseFor: seconds during which it does not want them (or less) from this agent; nil or 0 for no filter.
    /// - now: in the same seconds as everywhere.
    public mutating func recover(
        _ resources: Resources, from framework: FrameworkID, on agent: AgentID, role: String? = nil,
        refuseFor seconds: Double? = nil, now: Double = 0
    ) {
        guard !resources.isEmpty, let client = holder(framework, role: role, on: agent) else { return }
        let freed = agents[agent]?.remove(resources, from: client) ?? Resources()
        charge(freed, client, sign: -1)
        guard let seconds, frameworks[framework]?.roles.contains(client.role) ?? false else { return }
        roles[client.role]?.members[framework]?.refusedAt.insert(agent)
        agents[agent]?.declined.insert(client)
        guard seconds > 0 else { return }
        let filter = Filter(refused: resources, until: now + seconds)
        agents[agent]?.filters[client, default: []].removeAll {
            $0.until <= now || ($0.until <= filter.until && filter.refused.contains($0.refused))
        }
        agents[agent]?.filters[client]?.append(filter)
    }

    /// Turns resources of an agent into others of the same amounts (a reservation or a volume made or ended).
    /// - heldBy: who holds them, nil: nobody, they are free.
    public mutating func convert(
        _ old: Resources, into new: Resources, on agent: AgentID, heldBy framework: FrameworkID? = nil, role: String? = nil
    ) {
        guard let total = agents[agent]?.total, let isActive = agents[agent]?.isActive else { return }
        let client = framework.flatMap { holder($0, role: role, on: agent) }
        if let client {
            let freed = agents[agent]?.remove(old, from: client) ?? Resources()
            charge(freed, client, sign: -1)
        }
        setAgent(agent, total: total - old + new, isActive: isActive)
        if let client {
            agents[agent]?.add(new, to: client)
            charge(new, client, sign: 1)
        }
    }

    /// What each framework holds there.
    public func allocated(on agent: AgentID) -> [FrameworkID: Resources] {
        (agents[agent]?.allocated ?? [:]).reduce(into: [:]) { $0[$1.key.framework, default: Resources()] += $1.value }
    }

    public func total(of agent: AgentID) -> Resources { agents[agent]?.total ?? Resources() }
    public func available(on agent: AgentID) -> Resources { agents[agent]?.available ?? Resources() }
    public var activeFilterCount: Int { agents.values.reduce(0) { $0 + $1.filters.count } }

    private func holder(_ framework: FrameworkID, role: String?, on agent: AgentID) -> Client? {
        guard let allocated = agents[agent]?.allocated else { return nil }
        let client = Client(framework: framework, role: role ?? frameworks[framework]?.roles.first ?? "*")
        if allocated[client] != nil { return client }
        return allocated.keys.filter { $0.framework == framework }.min()
    }

    /// Keeps what roles and members hold in step with an agent's books.
    mutating func charge(_ resources: Resources, _ client: Client, sign: Int) {
        guard !resources.isEmpty else { return }
        let all = Quantities(resources)
        let nonRevocable = resources.hasRevocable ? Quantities(resources.filter { !$0.revocable }) : all
        let unreserved = resources.isPlain ? all : Quantities(resources.filter { $0.role == "*" && !$0.revocable })
        if client.role.utf8.contains(UInt8(ascii: "/")) {
            let change = Branch(held: all, heldNonRevocable: nonRevocable, heldUnreserved: unreserved)
            for name in RoleName.ancestors(of: client.role) {
                below[name, default: Branch()].add(change, sign: sign)
                if below[name]?.isEmpty ?? false { below[name] = nil }
            }
        }
        if sign > 0 {
            roles[client.role, default: Role()].held += all
            roles[client.role]?.heldNonRevocable += nonRevocable
            roles[client.role]?.heldUnreserved += unreserved
            roles[client.role]?.members[client.framework, default: Role.Member()].held += all
            disorder(client.role)
        } else {
            roles[client.role]?.held -= all
            roles[client.role]?.heldNonRevocable -= nonRevocable
            roles[client.role]?.heldUnreserved -= unreserved
            roles[client.role]?.members[client.framework]?.held -= all
            disorder(client.role)
            if !(frameworks[client.framework]?.roles.contains(client.role) ?? false) { forgetIfDone(client) }
        }
    }
}
