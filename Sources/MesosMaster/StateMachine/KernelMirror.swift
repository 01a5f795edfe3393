import ClusterState
import ResourceModel

/// A decoded change of `/mesos_state`; nil payloads: the node is gone.
enum KernelChange: Sendable, Hashable {
    /// - zxid: of the node's last change.
    case leader(LeaderRecord?, zxid: Int64)
    case agent(AgentID, AgentRecord?, zxid: Int64)
    case live(AgentID, LiveAgent?)
    case chunk(AgentID, String, TaskChunk?)
    case framework(FrameworkID, FrameworkRecord?, zxid: Int64)
    case kills(AgentID, PendingKills?)
    case quotas(QuotasRecord?)
    case weights(WeightsRecord?)
    case maintenance(MaintenanceRecord?)
    case machines(MachinesRecord?)
}

struct KernelBatch: Sendable, Hashable {
    var changes: [KernelChange]
    /// The complete contents: what is not in it is gone.
    var isSnapshot = false
}

/// `/mesos_state` as this master knows it: kept by standbys too, so that a takeover starts from memory.
struct KernelMirror: Sendable {
    private(set) var isLoaded = false
    private(set) var leader: LeaderRecord?
    private(set) var leaderZxid: Int64 = 0
    private(set) var agents: [AgentID: AgentRecord] = [:]
    private(set) var live: [AgentID: LiveAgent] = [:]
    private(set) var chunks: [AgentID: [String: TaskChunk]] = [:]
    private(set) var frameworks: [FrameworkID: FrameworkRecord] = [:]
    private(set) var kills: [AgentID: PendingKills] = [:]
    private(set) var quotas = QuotasRecord()
    private(set) var weights = WeightsRecord()
    private(set) var maintenance = MaintenanceRecord()
    private(set) var machines = MachinesRecord()

    /// Takes a batch in and returns what really changed, for a snapshot with the removals it implies.
    mutating func apply(_ batch: KernelBatch) -> [KernelChange] {
        guard batch.isSnapshot else {
            for change in batch.changes { apply(change) }
            return batch.changes
        }
        let old = self
        self = KernelMirror()
        isLoaded = true
        for change in batch.changes { apply(change) }
        var removals: [KernelChange] = []
        removals += old.live.keys.filter { live[$0] == nil }.sorted().map { .live($0, nil) }
        removals += old.agents.keys.filter { agents[$0] == nil }.sorted().map { .agent($0, nil, zxid: 0) }
        removals += old.frameworks.keys.filter { frameworks[$0] == nil }.sorted().map { .framework($0, nil, zxid: 0) }
        removals += old.kills.keys.filter { kills[$0] == nil }.sorted().map { .kills($0, nil) }
        for (agent, names) in old.chunks {
            removals += names.keys.filter { chunks[agent]?[$0] == nil }.sorted().map { .chunk(agent, $0, nil) }
        }
        return removals + batch.changes
    }

    /// All task records an agent has published.
    func tasks(on agent: AgentID) -> [TaskRecord] {
        chunks[agent]?.values.flatMap(\.tasks.values) ?? []
    }

    private mutating func apply(_ change: KernelChange) {
        switch change {
        case .leader(let record, let zxid):
            leader = record
            leaderZxid = zxid
        case .agent(let id, let record, _): agents[id] = record
        case .live(let id, let node): live[id] = node
        case .chunk(let id, let name, let chunk):
            chunks[id, default: [:]][name] = chunk
            if chunks[id]?.isEmpty ?? false { chunks[id] = nil }
        case .framework(let id, let record, _): frameworks[id] = record
        case .kills(let id, let pending): kills[id] = pending
        case .quotas(let record): quotas = record ?? QuotasRecord()
        case .weights(let record): weights = record ?? WeightsRecord()
        case .maintenance(let record): maintenance = record ?? MaintenanceRecord()
        case .machines(let record): machines = record ?? MachinesRecord()
        }
    }
}
