/// Where a process listens.
public struct Address: Codable, Sendable, Hashable {
    public var hostname: String?
    public var ip: String?
    public var port: Int
    public init(hostname: String? = nil, ip: String? = nil, port: Int) {
        self.hostname = hostname
        self.ip = ip
        self.port = port
    }
}
