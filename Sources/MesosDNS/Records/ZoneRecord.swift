import DNSWire

/// One record of the zone, before it is merged with others of its name.
struct ZoneRecord: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case a(IPv4Address)
        case aaaa(IPv6Address)
        case srv(target: DNSName, port: UInt16)
    }
    var name: DNSName
    var value: Value
}

extension ZoneRecord {
    /// How the enumeration of the HTTP API writes it (contracts/dns-networking.md §3.7).
    var host: String {
        switch value {
        case .a(let address): address.description
        case .aaaa(let address): address.description
        case .srv(let target, let port): "\(target):\(port)"
        }
    }

    var type: String {
        switch value {
        case .a: "A"
        case .aaaa: "AAAA"
        case .srv: "SRV"
        }
    }
}
