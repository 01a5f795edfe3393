import CLinux
import ClusterState
import DNSWire
import FoundationEssentials
import Logging
import ResourceModel
import ZooKeeper

/// Feeds what the mirrors tell into the zone and publishes it. When ZooKeeper is away nothing comes, and the last zone
/// stays.
actor ZoneKeeper {
    private let reader: FactReader
    private var builder: ZoneBuilder
    let publication: ZonePublication
    private let logger: Logger
    /// Mirrors whose first contents are still to come.
    private var pending: Set<ZoneBuilder.Part> = [.election, .state]
    private let loading: AsyncStream<Never>
    private let loaded: AsyncStream<Never>.Continuation
    /// Task chunks whose nodes are gone but whose tasks may turn up in another chunk: an agent that splits or merges chunks
    /// does so in one transaction, but the mirror tells of the old node before it has read the new one. For that moment the
    /// tasks keep their records: an NXDOMAIN would be remembered for a minute.
    private var departed: [Departed] = []
    private let departures: AsyncStream<Void>
    private let departing: AsyncStream<Void>.Continuation

    private struct Departed {
        var agent: AgentID
        var chunk: String
        var deadline: ContinuousClock.Instant
    }

    /// How long a chunk outlives its node.
    private static let grace = Duration.milliseconds(250)

    init(reader: FactReader, builder: ZoneBuilder, logger: Logger) {
        self.reader = reader
        self.builder = builder
        var first = builder
        publication = ZonePublication(first.snapshot())
        self.logger = logger
        (loading, loaded) = AsyncStream.makeStream(of: Never.self)
        (departures, departing) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes departed chunks' tasks away when their time has come. Until the task is cancelled.
    func removeDeparted() async throws {
        for await _ in departures {
            while let next = departed.first {
                try await Task.sleep(until: next.deadline, clock: .continuous)
                let now = ContinuousClock.now
                while let due = departed.first, due.deadline <= now {
                    departed.removeFirst()
                    builder.apply(.chunk(due.agent, due.chunk, [:]))
                }
                publish(znodes: 0, zxid: 0)
            }
        }
    }

    /// Returns once both mirrors have told their complete contents, or the task is cancelled. For one caller.
    func waitUntilLoaded() async { for await _ in loading {} }

    func apply(_ batch: MirrorBatch, from part: ZoneBuilder.Part) {
        var facts: [Fact] = []
        for change in batch.changes {
            do {
                let fact: Fact?
                switch change {
                case .put(let path, let data, _): fact = try reader.read(path: path, data: data)
                case .remove(let path): fact = try reader.read(path: path, data: nil)
                }
                if case .chunk(let agent, let chunk, _)? = fact, case .remove = change {
                    depart(agent, chunk)
                    continue
                }
                if let fact { facts.append(fact) }
            } catch {
                // Stale is better than nothing: the node's last contents stay in force.
                logger.error("unreadable znode", metadata: ["path": "\(change.path)", "error": "\(error)"])
            }
        }
        if batch.isSnapshot { builder.retain(facts, of: part) }
        // Tasks last: their records need the agent and the framework.
        for fact in facts where !fact.isChunk { builder.apply(fact) }
        for fact in facts {
            guard case .chunk(let agent, let chunk, _) = fact else { continue }
            departed.removeAll { $0.agent == agent && $0.chunk == chunk }
            builder.apply(fact)
        }
        publish(znodes: facts.count, zxid: batch.zxid)
        if batch.isSnapshot, pending.remove(part) != nil, pending.isEmpty {
            let zone = publication.current
            logger.info("zone loaded", metadata: ["names": "\(zone.count)", "serial": "\(zone.authority.serial)"])
            // Reading everything at once leaves the heap several times larger than what stays.
            clinux_trim_heap()
            loaded.finish()
        }
    }

    private func depart(_ agent: AgentID, _ chunk: String) {
        departed.append(Departed(agent: agent, chunk: chunk, deadline: .now + ZoneKeeper.grace))
        departing.yield()
    }

    private func publish(znodes: Int, zxid: Int64) {
        let names = builder.changedNames
        guard names > 0 else { return }
        let zone = builder.snapshot()
        publication.publish(zone)
        logger.debug(
            "zone changed",
            metadata: ["serial": "\(zone.authority.serial)", "names": "\(names)", "znodes": "\(znodes)", "zxid": "\(zxid)"])
    }

    /// All running tasks with their records.
    func enumeration() -> Enumeration { Enumeration(builder) }
}

extension Fact {
    fileprivate var isChunk: Bool { if case .chunk = self { true } else { false } }
}
