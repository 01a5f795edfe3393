/// A network of a container, and its addresses there.
public struct NetworkInfo: Codable, Sendable, Hashable {
    public struct IPAddress: Codable, Sendable, Hashable {
        public var `protocol`: String?
        public var ip_address: String?
        public init(ip_address: String?) { self.ip_address = ip_address }
    }
    public var name: String?
    @Listed public var groups: [String]
    public var labels: Labels?
    @Listed public var ip_addresses: [IPAddress]
    public init(ip_addresses: [IPAddress] = [], name: String? = nil) {
        self.name = name
        self.groups = []
        self.ip_addresses = ip_addresses
    }
}
