import ClusterState
import DNSWire
import FoundationEssentials
import ResourceModel

/// Reads znodes (contracts/dns-networking.md §3.1, the table "Ours").
struct FactReader: Sendable {
    /// Parent of the masters' candidacies.
    var election: String
    var sources: [IPSource]

    /// - data: nil when the node is gone.
    /// - Returns: nil for nodes that say nothing about the zone.
    /// - Throws: when the payload is not what belongs there; the node's last state stays in force then.
    func read(path: String, data: Data?) throws -> Fact? {
        if path.hasPrefix(election + "/") {
            let name = String(path.dropFirst(election.count + 1))
            guard name.hasPrefix(MasterElectionPaths.candidacyPrefix) else { return nil }
            return .master(candidacy: name, try data.flatMap(master))
        }
        switch MesosStatePaths.node(at: path) {
        case .agent(let id): return .agent(id, try data.flatMap(agent))
        case .live(let id): return .live(id, try data.flatMap(live))
        case .framework(let id): return .framework(id, try data.map(framework))
        case .chunk(let id, let chunk): return .chunk(id, chunk, try data.map(tasks) ?? [:])
        case .leader, .kills, .quotas, .weights, .maintenance, .machines, nil: return nil
        }
    }

    private func master(_ data: Data) throws -> ProcessAddress? {
        let info: MasterInfo = try ClusterJSON.decode(from: data)
        if let ip = IPv4Address(info.address.ip ?? info.address.hostname ?? "") {
            return ProcessAddress(ip: ip, port: UInt16(exactly: info.address.port))
        }
        return ProcessAddress(pid: info.pid)
    }

    private func agent(_ data: Data) throws -> ProcessAddress? {
        let record: AgentRecord = try ClusterJSON.decode(from: data)
        guard record.state == .registered else { return nil }
        if let address = ProcessAddress(pid: record.pid) { return address }
        return IPv4Address(record.info.hostname).map { ProcessAddress(ip: $0, port: UInt16(exactly: record.info.port)) }
    }

    private func live(_ data: Data) throws -> ProcessAddress? {
        let live: LiveAgent = try ClusterJSON.decode(from: data)
        return IPv4Address(live.ip).map { ProcessAddress(ip: $0, port: UInt16(exactly: live.port)) }
    }

    private func framework(_ data: Data) throws -> FrameworkFacts {
        let record: FrameworkRecord = try ClusterJSON.decode(from: data)
        let scheduler: ProcessAddress?
        if let pid = record.pid, !pid.isEmpty {
            scheduler = ProcessAddress(pid: pid)
        } else {
            scheduler = IPv4Address(record.hostname).map { ProcessAddress(ip: $0, port: nil) }
        }
        return FrameworkFacts(name: record.name, isActive: record.state == .active, scheduler: scheduler)
    }

    private func tasks(_ data: Data) throws -> [String: TaskFacts] {
        let chunk: TaskChunk = try ClusterJSON.decode(from: data)
        return chunk.tasks.compactMapValues { TaskFacts($0, sources: sources) }
    }
}
