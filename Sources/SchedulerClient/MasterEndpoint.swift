import ResourceModel

/// Where a master listens.
public struct MasterEndpoint: Sendable, Hashable, CustomStringConvertible {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The address a master announces in its election znode: `address.ip` and `address.port` (contracts/mesos.md §1.2).
    public init(_ info: MasterInfo) {
        self.init(host: info.address.ip ?? info.hostname, port: info.address.port)
    }

    /// `host:port`; nil when the text is something else.
    public init?(text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port),
            colon != text.startIndex
        else { return nil }
        self.init(host: String(text[..<colon]), port: port)
    }

    /// The master named by the `Location` of a 307: `//host:port/path` or `http://host:port/path` (contracts/mesos.md §3.1).
    public init?(location: String) {
        guard let slashes = location.firstRange(of: "//") else { return nil }
        self.init(text: location[slashes.upperBound...].prefix { $0 != "/" })
    }

    public var description: String { "\(host):\(port)" }
}
