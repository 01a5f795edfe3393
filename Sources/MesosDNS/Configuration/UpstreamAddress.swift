import DNSWire

/// A name server to ask: `ip` or `ip:port`.
struct UpstreamAddress: Sendable, Hashable {
    var ip: IPv4Address
    var port: UInt16

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let ip = parts.first.flatMap({ IPv4Address($0) }) else { return nil }
        self.ip = ip
        if parts.count == 2 {
            guard let port = UInt16(parts[1]), port > 0 else { return nil }
            self.port = port
        } else {
            port = 53
        }
    }
}
