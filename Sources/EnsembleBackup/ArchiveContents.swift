/// What is in an archive, from the listing of `tar`, checked before anything of it is unpacked.
public struct ArchiveContents: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        /// From the root of the archive, without leading `./`.
        public var path: String
        public var isDirectory: Bool
        /// Bytes.
        public var size: Int
    }

    /// The directory an archive holds (contracts/exhibitor.md §12.5).
    static let root = "zookeeper"
    /// Never in a backup: they belong to a host.
    static let hostFiles = ["myid", "zookeeper.out"]

    public private(set) var entries: [Entry] = []

    /// Bytes of all files.
    public var size: Int { entries.reduce(0) { $0 + $1.size } }
    public var files: Int { entries.count { !$0.isDirectory } }

    /// - listing: of `tar --list --verbose --quoting-style=escape`.
    /// - Throws: a text that says what is wrong.
    init(listing: some StringProtocol) throws(Unusable) {
        for line in listing.split(separator: "\n") {
            entries.append(try Self.entry(line))
        }
        guard entries.contains(where: { $0.path != Self.root && !$0.path.isEmpty }) else { throw Unusable("it is empty") }
        guard
            entries.contains(where: { entry in
                let parts = entry.path.split(separator: "/")
                return !entry.isDirectory && parts.count > 1 && parts[parts.count - 2] == "version-2"
                    && DataFile(name: String(parts[parts.count - 1])) != nil
            })
        else { throw Unusable("it holds no snapshot and no transaction log") }
    }

    struct Unusable: Error, Equatable {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    /// `-rw-r--r-- owner/group 123 2026-01-01 12:00 ./zookeeper/a`
    private static func entry(_ line: some StringProtocol) throws(Unusable) -> Entry {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, let kind = fields[0].first else { throw Unusable("its listing cannot be read: \(line)") }
        let name = fields[5]
        guard kind == "-" || kind == "d" else {
            throw Unusable("\(name) is neither a file nor a directory")
        }
        guard let size = Int(fields[2]), size >= 0 else { throw Unusable("its listing cannot be read: \(line)") }
        guard !name.hasPrefix("/") else { throw Unusable("\(name) is an absolute path") }
        let parts = name.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else { throw Unusable("\(name) leads out of the archive") }
        guard parts.first.map({ $0 == root }) ?? true else { throw Unusable("\(name) is not below ./\(root)") }
        return Entry(path: parts.joined(separator: "/"), isDirectory: kind == "d", size: size)
    }
}
