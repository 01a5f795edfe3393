import DNSWire

/// Where a process listens.
struct ProcessAddress: Sendable, Hashable {
    var ip: IPv4Address
    /// Nil when none is known.
    var port: UInt16?

    init(ip: IPv4Address, port: UInt16?) {
        self.ip = ip
        self.port = port
    }

    /// Reads `name@ip:port`, the pid of a libprocess process; nil when the host is not an IPv4 literal.
    init?(pid: String) {
        guard let at = pid.lastIndex(of: "@"), let colon = pid.lastIndex(of: ":"), at < colon,
            let ip = IPv4Address(pid[pid.index(after: at)..<colon]), let port = UInt16(pid[pid.index(after: colon)...])
        else { return nil }
        self.init(ip: ip, port: port)
    }
}
