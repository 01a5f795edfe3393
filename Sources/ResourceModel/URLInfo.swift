/// A URL in its parts.
public struct URLInfo: Codable, Sendable, Hashable {
    public var scheme: String
    public var address: Address
    public var path: String?
    public init(scheme: String, address: Address, path: String? = nil) {
        self.scheme = scheme
        self.address = address
        self.path = path
    }
}
