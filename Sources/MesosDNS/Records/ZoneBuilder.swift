import DNSWire
import ResourceModel

/// Keeps the zone in step with the cluster: facts in, snapshots out. A fact costs time in what it changes: the tasks of
/// one chunk that differ, one agent's tasks when its address changes; only a framework that changes its name is looked for
/// among all tasks.
struct ZoneBuilder: Sendable {
    let settings: ZoneSettings
    let rules: RecordRules

    private(set) var masters: [String: ProcessAddress] = [:]
    private var registry: [AgentID: ProcessAddress] = [:]
    private var live: [AgentID: ProcessAddress] = [:]
    private(set) var frameworks: [FrameworkID: FrameworkFacts] = [:]
    /// By agent, chunk and key.
    private(set) var tasks: [AgentID: [String: [String: TaskFacts]]] = [:]

    private var counts: [DNSName: RecordCounts] = [:]
    private var changed: Set<DNSName> = []
    private var editor: ZoneEditor

    /// - serial: of the first snapshot; Unix seconds.
    init?(settings: ZoneSettings, serial: UInt32) {
        guard let apex = DNSName(settings.domain) else { return nil }
        self.settings = settings
        rules = RecordRules(domain: settings.domain, labels: settings.labels)
        var authority = settings.authority
        authority.serial = serial
        editor = ZoneEditor(apex: apex, ttl: settings.ttl, authority: authority)
        let names = [authority.primary, authority.mailbox]
        change(rules.records(ofNameServer: settings.nameServers, names: names), by: 1)
    }

    /// The zone with every fact applied so far. The serial grows by one whenever a record changed.
    mutating func snapshot() -> Zone {
        guard !changed.isEmpty else { return editor.zone }
        for name in changed {
            editor.set(counts[name]?.recordSet(healthyOnly: settings.healthyOnly) ?? RecordSet(), for: name)
        }
        changed.removeAll(keepingCapacity: changed.count < 1000)
        editor.setSerial(editor.zone.authority.serial &+ 1)
        return editor.zone
    }

    /// How many names have changed since the last snapshot.
    var changedNames: Int { changed.count }

    mutating func apply(_ fact: Fact) {
        switch fact {
        case .master(let candidacy, let address): setMaster(candidacy, address)
        case .agent(let id, let address): setAgent(id, registered: address, live: live[id])
        case .live(let id, let address): setAgent(id, registered: registry[id], live: address)
        case .framework(let id, let framework): setFramework(id, framework)
        case .chunk(let agent, let chunk, let tasks): setTasks(agent, chunk, tasks)
        }
    }

    /// The two parts of the cluster's state that are mirrored on their own.
    enum Part: Sendable { case election, state }

    /// Takes back everything of a part that its complete contents do not have.
    mutating func retain(_ facts: some Sequence<Fact>, of part: Part) {
        var masters: Set<String> = []
        var agents: Set<AgentID> = []
        var live: Set<AgentID> = []
        var frameworks: Set<FrameworkID> = []
        var chunks: [AgentID: Set<String>] = [:]
        for fact in facts {
            switch fact {
            case .master(let candidacy, _): masters.insert(candidacy)
            case .agent(let id, _): agents.insert(id)
            case .live(let id, _): live.insert(id)
            case .framework(let id, _): frameworks.insert(id)
            case .chunk(let id, let chunk, _): chunks[id, default: []].insert(chunk)
            }
        }
        switch part {
        case .election:
            for candidacy in self.masters.keys where !masters.contains(candidacy) { apply(.master(candidacy: candidacy, nil)) }
        case .state:
            for (agent, known) in tasks {
                for chunk in known.keys where chunks[agent]?.contains(chunk) != true { apply(.chunk(agent, chunk, [:])) }
            }
            for id in registry.keys where !agents.contains(id) { apply(.agent(id, nil)) }
            for id in self.live.keys where !live.contains(id) { apply(.live(id, nil)) }
            for id in self.frameworks.keys where !frameworks.contains(id) { apply(.framework(id, nil)) }
        }
    }

    /// The masters in the order of their candidacies: the first leads. The names end in numbers of equal width.
    var orderedMasters: [ProcessAddress] { masters.sorted { $0.key < $1.key }.map(\.value) }

    /// An agent's address while it is registered; the live node is the newer incarnation where both exist
    /// (contracts/dns-networking.md §3.1).
    func address(of agent: AgentID) -> ProcessAddress? {
        registry[agent].map { live[agent] ?? $0 }
    }

    /// The records of a running task; none while its agent or framework is unknown.
    func records(of task: TaskFacts, on agent: AgentID) -> [ZoneRecord] {
        guard let address = address(of: agent), let framework = frameworks[task.framework] else { return [] }
        return rules.records(of: task, framework: framework.name, on: address, agentTail: TaskHash.agentTail(agent.value))
    }

    // MARK: Parts

    private mutating func setMaster(_ candidacy: String, _ address: ProcessAddress?) {
        guard masters[candidacy] != address else { return }
        change(rules.records(ofMasters: orderedMasters), by: -1)
        masters[candidacy] = address
        change(rules.records(ofMasters: orderedMasters), by: 1)
    }

    private mutating func setAgent(_ id: AgentID, registered: ProcessAddress?, live: ProcessAddress?) {
        let old = address(of: id)
        let new = registered.map { live ?? $0 }
        if old != new {
            changeTasks(of: id, by: -1)
            if let old { change(rules.records(ofAgent: old), by: -1) }
        }
        registry[id] = registered
        self.live[id] = live
        if old != new {
            if let new { change(rules.records(ofAgent: new), by: 1) }
            changeTasks(of: id, by: 1)
        }
    }

    private mutating func setFramework(_ id: FrameworkID, _ framework: FrameworkFacts?) {
        let old = frameworks[id]
        guard old != framework else { return }
        let renames = old?.name != framework?.name
        if renames { changeTasks(of: id, by: -1) }
        if let old, old.isActive, let scheduler = old.scheduler {
            change(rules.records(ofFramework: old.name, at: scheduler), by: -1)
        }
        frameworks[id] = framework
        if let framework, framework.isActive, let scheduler = framework.scheduler {
            change(rules.records(ofFramework: framework.name, at: scheduler), by: 1)
        }
        if renames { changeTasks(of: id, by: 1) }
    }

    private mutating func setTasks(_ agent: AgentID, _ chunk: String, _ new: [String: TaskFacts]) {
        let old = tasks[agent]?[chunk] ?? [:]
        for (key, task) in new where old[key] != task { change(records(of: task, on: agent), by: 1, isHealthy: task.isHealthy) }
        for (key, task) in old where new[key] != task { change(records(of: task, on: agent), by: -1, isHealthy: task.isHealthy) }
        tasks[agent, default: [:]][chunk] = new.isEmpty ? nil : new
        if tasks[agent]?.isEmpty ?? false { tasks[agent] = nil }
    }

    private mutating func changeTasks(of agent: AgentID, by difference: Int32) {
        for chunk in (tasks[agent] ?? [:]).values {
            for task in chunk.values { change(records(of: task, on: agent), by: difference, isHealthy: task.isHealthy) }
        }
    }

    private mutating func changeTasks(of framework: FrameworkID, by difference: Int32) {
        for (agent, chunks) in tasks {
            for chunk in chunks.values {
                for task in chunk.values where task.framework == framework {
                    change(records(of: task, on: agent), by: difference, isHealthy: task.isHealthy)
                }
            }
        }
    }

    private mutating func change(_ records: [ZoneRecord], by difference: Int32, isHealthy: Bool = true) {
        for record in records {
            changed.insert(record.name)
            guard let index = counts.index(forKey: record.name) else {
                if difference > 0 { counts[record.name] = RecordCounts(record.value, isHealthy: isHealthy) }
                continue
            }
            if !counts.values[index].change(record.value, by: difference, isHealthy: isHealthy) { counts.remove(at: index) }
        }
    }
}
