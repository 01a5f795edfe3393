import ClusterState
import DNSWire
import ResourceModel

/// What the zone needs to know of a running task.
struct TaskFacts: Sendable, Hashable {
    struct Port: Sendable, Hashable {
        var number: UInt16
        var name: String
        /// Empty: both TCP and UDP.
        var `protocol`: String
    }
    struct Discovery: Sendable, Hashable {
        /// Not empty.
        var name: String
        var ports: [Port]
    }
    enum Addresses: Sendable, Hashable {
        /// Those of its agent.
        case agent
        case own([IPv4Address], [IPv6Address])
    }

    var id: String
    var name: String
    var framework: FrameworkID
    var discovery: Discovery?
    /// Host ports of its resources.
    var ports: [UInt16]
    var addresses: Addresses
    /// False only when a health check says so.
    var isHealthy: Bool
    var hash: String

    /// Nil unless the task runs: only running tasks have records (contracts/dns-networking.md §3.1).
    init?(_ record: TaskRecord, sources: [IPSource]) {
        guard record.state == .running else { return nil }
        id = record.id.value
        name = record.name
        framework = record.framework_id
        hash = TaskHash.hash5(id)
        if let discovery = record.discovery, let name = discovery.name, !name.isEmpty {
            let ports = (discovery.ports?.ports ?? []).compactMap { port in
                UInt16(exactly: port.number).map { Port(number: $0, name: port.name ?? "", protocol: port.protocol ?? "") }
            }
            self.discovery = Discovery(name: name, ports: ports)
        }
        var portRanges = RangeSet()
        for resource in record.resources where resource.name == "ports" {
            portRanges.formUnion(RangeSet((resource.ranges?.range ?? []).compactMap { $0.begin <= $0.end ? $0.begin...$0.end : nil }))
        }
        ports = portRanges.ranges.flatMap { range in
            range.clamped(to: 1...65535).compactMap { UInt16(exactly: $0) }
        }
        // The newest status counts, the first of equals (§3.5).
        let status = record.statuses.filter { $0.state == .running }
            .reduce(nil as TaskStatusRecord?) { best, next in
                if let best, best.timestamp >= next.timestamp { best } else { next }
            }
        isHealthy = status?.healthy ?? true
        addresses = TaskFacts.addresses(status, sources: sources)
    }

    /// The addresses of the first source that has any (§3.5 and §12, 1).
    private static func addresses(_ status: TaskStatusRecord?, sources: [IPSource]) -> Addresses {
        for source in sources {
            let texts: [String]
            switch source {
            case .host: return .agent
            case .netinfo:
                texts = (status?.container_status?.network_infos ?? []).flatMap { $0.ip_addresses.compactMap(\.ip_address) }
            case .docker, .mesos:
                texts = (status?.labels ?? []).filter { $0.key == source.label }.compactMap(\.value)
            }
            let own = (texts.compactMap { IPv4Address($0) }, texts.compactMap { IPv6Address($0) })
            if !own.0.isEmpty || !own.1.isEmpty { return .own(own.0, own.1) }
        }
        return .own([], [])
    }
}
