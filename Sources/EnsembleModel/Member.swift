/// One member as ZooKeeper itself writes it in its dynamic configuration (contracts/exhibitor.md §13.2):
/// `server.<id>=<host>:<quorum>:<election>[:participant|:observer][;[<address>:]<clientPort>]`.
public struct Member: Sendable, Hashable {
    public var id: Int
    public var hostname: String
    public var connectPort: Int
    public var electionPort: Int
    public var role: ServerSpec.Role
    /// What follows the semicolon: `2181` or `10.0.0.1:2181`; nil: the server's `zoo.cfg` says.
    public var clientAddress: String?

    public init(
        id: Int, hostname: String, connectPort: Int, electionPort: Int, role: ServerSpec.Role = .standard, clientAddress: String? = nil
    ) {
        self.id = id
        self.hostname = hostname
        self.connectPort = connectPort
        self.electionPort = electionPort
        self.role = role
        self.clientAddress = clientAddress
    }

    /// Reads one line; nil when it is none of a member.
    public init?(parsing line: some StringProtocol) {
        guard let line = ConfigurationLine(parsing: line), line.key.hasPrefix("server."), let id = Int(line.key.dropFirst(7)) else {
            return nil
        }
        let halves = line.value.split(separator: ";", maxSplits: 1)
        guard let server = halves.first else { return nil }
        var rest = server[...]
        let hostname: Substring
        if rest.first == "[", let end = rest.firstIndex(of: "]") {
            hostname = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
        } else {
            hostname = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(hostname.count)
        }
        let parts = rest.split(separator: ":")
        guard !hostname.isEmpty, parts.count >= 2, let connect = Int(parts[0]), let election = Int(parts[1]) else { return nil }
        self.init(
            id: id, hostname: String(hostname), connectPort: connect, electionPort: election,
            role: parts.dropFirst(2).first?.lowercased() == "observer" ? .observer : .standard,
            clientAddress: halves.count > 1 ? String(halves[1]) : nil)
    }

    public var spec: ServerSpec { ServerSpec(id: id, hostname: hostname, role: role) }

    /// The line of a dynamic configuration, complete with role and client address.
    public var line: String { "server.\(id)=\(value)" }

    var value: String {
        let host = hostname.contains(":") ? "[\(hostname)]" : hostname
        return "\(host):\(connectPort):\(electionPort):\(role == .observer ? "observer" : "participant")"
            + (clientAddress.map { ";\($0)" } ?? "")
    }
}
