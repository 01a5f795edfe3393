/// The znode payload by which every Mesos client finds the leading master (contracts/mesos.md §1.2).
public struct MasterInfo: Codable, Sendable, Hashable {
    /// A UUID per process start.
    public var id: String
    /// The IPv4 address as the 32-bit integer whose little-endian bytes are the address in order.
    public var ip: UInt32
    public var port: Int
    public var pid: String
    public var hostname: String
    public var version: String
    public var address: Address

    /// - ip: dotted IPv4 text. Nil when it is not one.
    public init?(id: String, ip: String, port: Int, hostname: String? = nil, version: String) {
        let parts = ip.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        guard parts.count == 4 else { return nil }
        self.id = id
        self.ip = parts.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        self.port = port
        self.pid = "master@\(ip):\(port)"
        self.hostname = hostname ?? ip
        self.version = version
        self.address = Address(hostname: hostname ?? ip, ip: ip, port: port)
    }
}
