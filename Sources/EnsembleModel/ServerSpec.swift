/// One member of an ensemble, as written in a server spec (contracts/exhibitor.md §7.2).
public struct ServerSpec: Sendable, Hashable {
    public enum Role: Sendable, Hashable { case standard, observer }

    /// The server's id, the content of its `myid`.
    public var id: Int
    public var hostname: String
    public var role: Role

    public init(id: Int, hostname: String, role: Role = .standard) {
        self.id = id
        self.hostname = hostname
        self.role = role
    }
}

extension ServerSpec: CustomStringConvertible {
    public var description: String {
        (role == .observer ? "O:" : "") + "\(id):\(hostname)"
    }
}
