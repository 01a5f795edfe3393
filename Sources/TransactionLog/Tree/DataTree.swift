/// The znodes as a server would serve them: a snapshot, and the transactions after it.
///
/// Not replayed, because no transaction tells it: the usage figures below `/zookeeper/quota`, and the membership in
/// `/zookeeper/config` with which a server starts.
public struct DataTree: Sendable, Equatable {
    public struct Node: Sendable, Equatable {
        public var data: [UInt8]?
        public var access: [AccessEntry]
        public var stat: StoredStat
        public var childCount: Int32 = 0

        /// `cversion` as clients see it: counts creations and deletions.
        public var visibleChildVersion: Int32 { stat.cversion &* 2 &- childCount }
    }

    /// By path; the root is `/`.
    public private(set) var nodes: [String: Node]
    /// Timeouts in milliseconds of the sessions that are alive.
    public private(set) var sessions: [Int64: Int32]
    /// Of the last transaction that was applied, or of the snapshot.
    public private(set) var lastZxid: Int64
    private var ephemerals: [Int64: Set<String>] = [:]

    /// The tree of a new ensemble.
    public init() {
        nodes = [:]
        sessions = [:]
        lastZxid = 0
        for path in ["/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config"] {
            nodes[path] = Node(data: [], access: AccessEntry.open, stat: StoredStat())
            if path != "/" { nodes[Self.parent(of: path)]?.childCount += 1 }
        }
        nodes["/zookeeper/config"]?.access = [AccessEntry(permissions: 1, scheme: "world", id: "anyone")]
    }

    /// What a snapshot holds.
    /// - zxid: of its name.
    public init(reading snapshot: consuming SnapshotReader, zxid: Int64) throws(TransactionLogError) {
        nodes = [:]
        sessions = snapshot.sessions
        lastZxid = zxid
        let lists = snapshot.accessLists
        while let node = try snapshot.next() {
            if node.path != "/" {
                guard nodes[Self.parent(of: node.path)] != nil else { throw .malformed("znode \(node.path) without a parent") }
                if nodes[node.path] == nil { nodes[Self.parent(of: node.path)]?.childCount += 1 }
            }
            nodes[node.path] = Node(data: node.data.map(Array.init), access: lists[node.accessKey] ?? AccessEntry.open, stat: node.stat)
            if case .ephemeral(let session) = node.stat.kind { ephemerals[session, default: []].insert(node.path) }
        }
        guard nodes["/"] != nil else { throw .malformed("snapshot without a root") }
    }

    public static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    // MARK: - Transactions

    /// Applies a transaction. Those that the snapshot already holds do no harm: what they say comes again.
    public mutating func apply(_ transaction: Transaction) {
        let header = transaction.header
        lastZxid = max(lastZxid, header.zxid)
        guard !transaction.hasFailed else { return }
        for operation in transaction.operations { apply(operation, header) }
    }

    private mutating func apply(_ operation: Operation, _ header: TransactionHeader) {
        switch operation {
        case .create(let path, let data, let access, let kind, let parentVersion):
            create(path, Node(data: data.map(Array.init), access: access, stat: Self.freshStat(header, kind)), parentVersion)
        case .delete(let path, _): delete(path, zxid: header.zxid)
        case .setData(let path, let data, let version, _):
            guard var node = nodes.removeValue(forKey: path) else { return }
            node.data = data.map(Array.init)
            node.stat.version = version
            node.stat.mzxid = header.zxid
            node.stat.mtime = header.time
            nodes[path] = node
        case .setAccess(let path, let access, let version):
            nodes[path]?.access = access
            nodes[path]?.stat.aversion = version
        case .createSession(let timeout): sessions[header.session] = timeout
        case .closeSession(let paths):
            sessions[header.session] = nil
            for path in paths ?? [] { delete(path, zxid: header.zxid) }
            for path in (ephemerals.removeValue(forKey: header.session) ?? []).sorted() { delete(path, zxid: header.zxid) }
        case .check, .failure, .unknown: break
        }
    }

    private static func freshStat(_ header: TransactionHeader, _ kind: NodeKind) -> StoredStat {
        StoredStat(
            czxid: header.zxid, mzxid: header.zxid, ctime: header.time, mtime: header.time, ephemeralOwner: kind.owner, pzxid: header.zxid)
    }

    private mutating func create(_ path: String, _ node: Node, _ parentVersion: Int32) {
        let parent = Self.parent(of: path)
        guard path.hasPrefix("/"), path != "/", let stat = nodes[parent]?.stat else { return }
        // A replay over a later snapshot must not take the parent's versions back.
        let version = parentVersion == -1 ? stat.cversion &+ 1 : parentVersion
        if version > stat.cversion {
            nodes[parent]?.stat.cversion = version
            nodes[parent]?.stat.pzxid = node.stat.czxid
        }
        guard nodes[path] == nil else { return }
        nodes[parent]?.childCount += 1
        nodes[path] = node
        if case .ephemeral(let session) = node.stat.kind { ephemerals[session, default: []].insert(path) }
    }

    private mutating func delete(_ path: String, zxid: Int64) {
        guard path != "/", let node = nodes.removeValue(forKey: path) else { return }
        if case .ephemeral(let session) = node.stat.kind { ephemerals[session]?.remove(path) }
        let parent = Self.parent(of: path)
        guard let stat = nodes[parent]?.stat else { return }
        nodes[parent]?.childCount -= 1
        if zxid > stat.pzxid { nodes[parent]?.stat.pzxid = zxid }
    }
}
