/// Reads a snapshot front to back: sessions, ACLs, then every znode, parents before children.
///
/// A snapshot is taken while the server goes on: it holds every change up to the zxid of its name, and some later ones.
/// Memory: the table of ACLs, the sessions, and the largest znode.
public struct SnapshotReader: ~Copyable {
    static let magic: Int32 = 0x5a4b_534e
    static let version: Int32 = 2
    /// More than any znode holds, unless an operator raised `jute.maxbuffer` beyond it.
    static let maximumData = 64 << 20
    private static let maximumPath = 1 << 20
    /// Of sessions, and of entries of ACLs: bounds what a damaged count makes us collect before the checksum tells.
    private static let maximumCount = 4_000_000

    /// Timeouts in milliseconds of the sessions that were alive.
    public let sessions: [Int64: Int32]
    public let accessLists: [Int64: [AccessEntry]]

    private var stream: ByteStream
    private var isComplete = false

    /// - Throws: `TransactionLogError.notASnapshot` when the file does not begin as one; others when it is damaged.
    public init(_ file: StorageFile) throws(TransactionLogError) {
        try self.init(source: try file.open(), path: file.path)
    }

    /// A snapshot in memory.
    public init(bytes: [UInt8]) throws(TransactionLogError) {
        try self.init(source: MemorySource(bytes), path: "the snapshot in memory")
    }

    init(source: any ByteSource, path: String) throws(TransactionLogError) {
        var stream = ByteStream(source, sums: true)
        guard try stream.int32() == Self.magic, try stream.int32() == Self.version else { throw .notASnapshot(path: path) }
        _ = try stream.int64()
        let sessions = try Self.sessions(&stream)
        let accessLists = try Self.accessLists(&stream)
        self.sessions = sessions
        self.accessLists = accessLists
        self.stream = stream
    }

    /// - Returns: nil after the last znode; then the checksums have been found right.
    public mutating func next() throws(TransactionLogError) -> SnapshotNode? {
        guard !isComplete else { return nil }
        let path = try stream.string(limit: Self.maximumPath)
        if path == "/" {
            try finish()
            isComplete = true
            return nil
        }
        guard path.isEmpty || path.hasPrefix("/") else { throw .malformed("path of a znode") }
        let data = try stream.optionalBytes(limit: Self.maximumData)
        let accessKey = try stream.int64()
        var stat = StoredStat()
        stat.czxid = try stream.int64()
        stat.mzxid = try stream.int64()
        stat.ctime = try stream.int64()
        stat.mtime = try stream.int64()
        stat.version = try stream.int32()
        stat.cversion = try stream.int32()
        stat.aversion = try stream.int32()
        stat.ephemeralOwner = try stream.int64()
        stat.pzxid = try stream.int64()
        return SnapshotNode(path: path.isEmpty ? "/" : path, data: data, accessKey: accessKey, stat: stat)
    }

    /// The checksum, and since 3.6 a digest of the tree with a checksum of its own.
    private mutating func finish() throws(TransactionLogError) {
        try checkSeal()
        guard try !stream.isAtEnd() else { return }
        // Zxid, version of the digest, digest.
        _ = try stream.int64()
        _ = try stream.int32()
        _ = try stream.int64()
        try checkSeal()
    }

    private mutating func checkSeal() throws(TransactionLogError) {
        let expected = stream.checksumSoFar
        guard try stream.int64() == Int64(expected) else { throw .wrongChecksum }
        guard try stream.string(limit: Self.maximumPath) == "/" else { throw .malformed("end mark") }
    }

    private static func sessions(_ stream: inout ByteStream) throws(TransactionLogError) -> [Int64: Int32] {
        let count = try stream.int32()
        guard count >= 0, count <= maximumCount else { throw .malformed("number of sessions") }
        var sessions: [Int64: Int32] = [:]
        for _ in 0..<count {
            let id = try stream.int64()
            sessions[id] = try stream.int32()
        }
        return sessions
    }

    private static func accessLists(_ stream: inout ByteStream) throws(TransactionLogError) -> [Int64: [AccessEntry]] {
        let count = try stream.int32()
        guard count >= 0, count <= maximumCount else { throw .malformed("number of ACLs") }
        var total = 0
        var lists: [Int64: [AccessEntry]] = [:]
        for _ in 0..<count {
            let key = try stream.int64()
            let length = try stream.int32()
            total += max(0, Int(length))
            guard length >= -1, total <= maximumCount else { throw .malformed("length of an ACL") }
            var entries: [AccessEntry] = []
            for _ in 0..<max(0, length) {
                let permissions = try stream.int32()
                let scheme = try stream.string(limit: maximumPath)
                entries.append(AccessEntry(permissions: permissions, scheme: scheme, id: try stream.string(limit: maximumPath)))
            }
            lists[key] = entries
        }
        return lists
    }
}
