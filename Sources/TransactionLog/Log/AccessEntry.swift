/// One entry of an ACL as it is stored.
public struct AccessEntry: Sendable, Hashable {
    /// 1 read, 2 write, 4 create, 8 delete, 16 admin.
    public var permissions: Int32
    public var scheme: String
    public var id: String

    public init(permissions: Int32, scheme: String, id: String) {
        self.permissions = permissions
        self.scheme = scheme
        self.id = id
    }

    /// Everybody may do everything.
    public static let open = [AccessEntry(permissions: 31, scheme: "world", id: "anyone")]

    /// `world:anyone:rwcda`.
    public var text: String {
        let letters = zip([1, 2, 4, 8, 16] as [Int32], "rwcda").filter { permissions & $0.0 != 0 }.map { String($0.1) }
        return "\(scheme):\(id):\(letters.joined())"
    }
}

extension JuteReader {
    mutating func accessList() throws(TransactionLogError) -> [AccessEntry] {
        let count = try count(minimumSize: 12)
        var entries: [AccessEntry] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let permissions = try int32()
            let scheme = try string()
            entries.append(AccessEntry(permissions: permissions, scheme: scheme, id: try string()))
        }
        return entries
    }
}
