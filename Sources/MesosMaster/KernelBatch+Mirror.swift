import ClusterState
internal import FoundationEssentials
import Logging
import ZooKeeper

extension KernelBatch {
    /// Decodes what the mirror of `/mesos_state` shows; a payload that cannot be read counts as absent and is logged.
    init(_ batch: MirrorBatch, logger: Logger) {
        self.init(changes: batch.changes.compactMap { Self.change($0, logger) }, isSnapshot: batch.isSnapshot)
    }

    private static func change(_ change: MirrorChange, _ logger: Logger) -> KernelChange? {
        guard let node = MesosStatePaths.node(at: change.path) else { return nil }
        var data: Data?
        var zxid: Int64 = 0
        if case .put(_, let content, let stat) = change {
            data = content
            zxid = stat.mzxid
        }
        func decoded<T: Decodable>(_ type: T.Type) -> T? {
            guard let data else { return nil }
            do {
                return try ClusterJSON.decode(T.self, from: data)
            } catch {
                logger.error("unreadable znode", metadata: ["path": "\(change.path)", "error": "\(error)"])
                return nil
            }
        }
        switch node {
        case .leader: return .leader(decoded(LeaderRecord.self), zxid: zxid)
        case .agent(let id): return .agent(id, decoded(AgentRecord.self), zxid: zxid)
        case .live(let id): return .live(id, decoded(LiveAgent.self))
        case .chunk(let id, let name): return .chunk(id, name, decoded(TaskChunk.self))
        case .framework(let id): return .framework(id, decoded(FrameworkRecord.self), zxid: zxid)
        case .quotas: return .quotas(decoded(QuotasRecord.self))
        case .weights: return .weights(decoded(WeightsRecord.self))
        case .maintenance: return .maintenance(decoded(MaintenanceRecord.self))
        case .machines: return .machines(decoded(MachinesRecord.self))
        case .kills(let id): return .kills(id, decoded(PendingKills.self))
        }
    }
}
