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

    private static let letters: [(bit: Int32, letter: Character)] = [(1, "r"), (2, "w"), (4, "c"), (8, "d"), (16, "a")]

    /// `world:anyone:rwcda`.
    public var text: String {
        "\(scheme):\(id):\(String(Self.letters.filter { permissions & $0.bit != 0 }.map(\.letter)))"
    }

    /// - text: as `text` makes it; the id may hold colons.
    public init?(parsing text: some StringProtocol) {
        guard let first = text.firstIndex(of: ":"), let last = text.lastIndex(of: ":"), first < last, first != text.startIndex else {
            return nil
        }
        var permissions: Int32 = 0
        for letter in text[text.index(after: last)...] {
            guard let bit = Self.letters.first(where: { $0.letter == letter })?.bit else { return nil }
            permissions |= bit
        }
        self.init(permissions: permissions, scheme: String(text[..<first]), id: String(text[text.index(after: first)..<last]))
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
