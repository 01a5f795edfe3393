import ClusterState
import DNSWire
import FoundationEssentials
import Logging
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
    private var loaded: [CheckedContinuation<Void, Never>] = []

    init(reader: FactReader, builder: ZoneBuilder, logger: Logger) {
        self.reader = reader
        self.builder = builder
        var first = builder
        publication = ZonePublication(first.snapshot())
        self.logger = logger
    }

    /// Returns once both mirrors have told their complete contents.
    func waitUntilLoaded() async {
        if pending.isEmpty { return }
        await withCheckedContinuation { loaded.append($0) }
    }

    func apply(_ batch: MirrorBatch, from part: ZoneBuilder.Part) {
        var facts: [Fact] = []
        for change in batch.changes {
            do {
                let fact: Fact?
                switch change {
                case .put(let path, let data, _): fact = try reader.read(path: path, data: data)
                case .remove(let path): fact = try reader.read(path: path, data: nil)
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
        for fact in facts where fact.isChunk { builder.apply(fact) }
        let names = builder.changedNames
        let zone = builder.snapshot()
        publication.publish(zone)
        if names > 0 {
            logger.debug(
                "zone changed",
                metadata: ["serial": "\(zone.authority.serial)", "names": "\(names)", "znodes": "\(facts.count)", "zxid": "\(batch.zxid)"])
        }
        if batch.isSnapshot, pending.remove(part) != nil, pending.isEmpty {
            logger.info("zone loaded", metadata: ["names": "\(zone.count)", "serial": "\(zone.authority.serial)"])
            for waiter in loaded { waiter.resume() }
            loaded = []
        }
    }

    /// All running tasks with their records.
    func enumeration() -> Enumeration { Enumeration(builder) }
}

extension Fact {
    fileprivate var isChunk: Bool { if case .chunk = self { true } else { false } }
}
