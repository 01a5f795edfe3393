/// The members of an ensemble in the order of their spec.
///
/// Two lists are equal when they have the same members, whatever their order (contracts/exhibitor.md §7.2).
public struct ServerList: Sendable {
    public var servers: [ServerSpec]

    public init(_ servers: [ServerSpec] = []) {
        self.servers = servers
    }

    /// Reads `[S|O:]id:hostname,...`. White space around parts is ignored; items that do not parse are skipped, as the
    /// original does, so that a stray comma never takes an ensemble down.
    public init(parsing text: String) {
        servers = text.split(separator: ",").compactMap { item in
            let parts = item.split(separator: ":", omittingEmptySubsequences: false).map(Self.trimmed)
            let role: ServerSpec.Role
            let rest: ArraySlice<String>
            switch parts.count {
            case 2:
                role = .standard
                rest = parts[...]
            case 3:
                role = parts[0].uppercased() == "O" ? .observer : .standard
                rest = parts[1...]
            default:
                return nil
            }
            guard let first = rest.first, let id = Int(first), let hostname = rest.last, !hostname.isEmpty else { return nil }
            return ServerSpec(id: id, hostname: hostname, role: role)
        }
    }

    public var isEmpty: Bool { servers.isEmpty }
    public var hostnames: [String] { servers.map(\.hostname) }

    /// The members that vote: adding or removing an observer elsewhere restarts nobody (contracts/exhibitor.md §8).
    public var voters: Set<ServerSpec> { Set(servers.filter { $0.role == .standard }) }

    /// Why no ensemble can be made of this list; nil: it can.
    public var objection: String? {
        if voters.isEmpty { return "no server of the list \(self) votes" }
        for (position, server) in servers.enumerated() {
            for other in servers.dropFirst(position + 1) {
                if other.id == server.id { return "the id \(server.id) is given twice in the list \(self)" }
                if other.hostname == server.hostname { return "the host \(server.hostname) is twice in the list \(self)" }
            }
        }
        return nil
    }

    public func server(named hostname: String) -> ServerSpec? {
        servers.first { $0.hostname == hostname }
    }

    private static func trimmed(_ part: Substring) -> String {
        var part = part
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }
}

extension ServerList: Hashable {
    public static func == (one: ServerList, other: ServerList) -> Bool { Set(one.servers) == Set(other.servers) }
    public func hash(into hasher: inout Hasher) { hasher.combine(Set(servers)) }
}

extension ServerList: CustomStringConvertible {
    public var description: String { servers.map(\.description).joined(separator: ",") }
}
