import ClusterState
import DNSWire
import FoundationEssentials
import Logging
import ResourceModel
import Testing
import ZooKeeper

@testable import MesosDNS

struct NotAName: Error { var text: String }

func name(_ text: String) throws -> DNSName {
    guard let name = DNSName(text) else { throw NotAName(text: text) }
    return name
}

func address(_ text: String, _ port: UInt16? = nil) throws -> ProcessAddress {
    guard let ip = IPv4Address(text) else { throw NotAName(text: text) }
    return ProcessAddress(ip: ip, port: port)
}

func settings(healthyOnly: Bool = false) throws -> ZoneSettings {
    var configuration = MesosDNSConfiguration()
    configuration.zk = "zk://127.0.0.1:2181/mesos"
    configuration.healthyOnly = healthyOnly
    return try configuration.validated().zoneSettings(nameServers: [])
}

func builder(healthyOnly: Bool = false) throws -> ZoneBuilder {
    try #require(ZoneBuilder(settings: try settings(healthyOnly: healthyOnly), serial: 1))
}

/// A task as an agent writes it.
func task(
    _ id: String, name: String, framework: FrameworkID = "F", state: TaskState = .running, ports: [UInt64] = [],
    discovery: DiscoveryInfo? = nil, ip: [String] = [], healthy: Bool? = nil
) -> TaskRecord {
    var record = TaskRecord(
        id: TaskID(id), name: name, framework_id: framework, state: state,
        resources: [.scalar("cpus", 1), .ranges("ports", ports.map { $0...$0 })])
    record.discovery = discovery
    let network = NetworkInfo(ip_addresses: ip.map { NetworkInfo.IPAddress(ip_address: $0) })
    record.statuses = [
        TaskStatusRecord(
            state: state, timestamp: 1, healthy: healthy, container_status: ip.isEmpty ? nil : ContainerStatus(network_infos: [network]))
    ]
    return record
}

func chunk(_ agent: AgentID, _ records: [TaskRecord], name: String = "_", sources: [IPSource] = [.host]) -> Fact {
    var tasks: [String: TaskFacts] = [:]
    for record in records { tasks[record.key] = TaskFacts(record, sources: sources) }
    return .chunk(agent, name, tasks)
}

func framework(_ id: FrameworkID = "F", _ name: String = "marathon", at scheduler: ProcessAddress? = nil) -> Fact {
    .framework(id, FrameworkFacts(name: name, isActive: true, scheduler: scheduler))
}

extension Zone {
    /// Every record as one line of text, sorted; without the final dots.
    var lines: [String] {
        var lines: [String] = []
        forEach { name, records in
            let owner = name.description.dropLast()
            lines += records.addresses.map { "\(owner) A \($0)" }
            lines += records.addresses6.map { "\(owner) AAAA \($0)" }
            lines += records.services.map { "\(owner) SRV \($0.target.description.dropLast()):\($0.port)" }
        }
        return lines.sorted()
    }
}

/// Waits for a condition: asks again until it holds or the deadline has passed.
func eventually(
    within deadline: Duration = .seconds(20), _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now + deadline
    while clock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}
