import DequeModule
internal import FoundationEssentials

/// What a mirror knows and what it has to read next: answers and watch events in, reads and changes out. No I/O.
struct MirrorState {
    /// Something to read from the ensemble, setting a watch with it.
    enum Read: Hashable, Sendable {
        case data(String)
        case children(String)

        var path: String {
            switch self {
            case .data(let path), .children(let path): path
            }
        }
    }

    private struct Node {
        var stat: Stat
        var children: Set<String> = []
    }

    private let roots: Set<String>
    private let isLeaf: @Sendable (String) -> Bool
    private var nodes: [String: Node] = [:]
    private var contents: [String: Data] = [:]
    private let retainsData: Bool

    /// Reads to start, oldest first, each once.
    private var wanted: Deque<Read> = []
    private var isWanted: Set<Read> = []
    private var running: Set<Read> = []
    /// Those of `running` whose watch fired before their answer came: read again.
    private var outdated: Set<Read> = []

    private var changes: [String: MirrorChange] = [:]
    private var order: [String] = []
    private var zxid: Int64 = 0
    private var hasDelivered = false

    init(roots: [String], retainsData: Bool, isLeaf: @escaping @Sendable (String) -> Bool) {
        self.roots = Set(roots)
        self.retainsData = retainsData
        self.isLeaf = isLeaf
        for root in roots { want(.data(root)) }
    }

    func isRoot(_ path: String) -> Bool { roots.contains(path) }
    var count: Int { nodes.count }
    /// With `retainsData` only.
    func data(at path: String) -> Data? { contents[path] }
    var paths: [String] { Array(nodes.keys) }

    /// A watch fired, or a path has to be looked at for another reason.
    mutating func want(_ read: Read) {
        guard roots.contains(read.path) || nodes[read.path] != nil || parentKnows(read.path) else { return }
        if running.contains(read) {
            outdated.insert(read)
        } else if isWanted.insert(read).inserted {
            wanted.append(read)
        }
    }

    mutating func nextRead() -> Read? {
        guard let read = wanted.popFirst() else { return nil }
        isWanted.remove(read)
        running.insert(read)
        return read
    }

    /// Everything that is watched has been read.
    var isSettled: Bool { wanted.isEmpty && running.isEmpty }

    /// - answer: nil when there is no such node.
    mutating func receive(data answer: (data: Data, stat: Stat)?, for path: String) {
        finish(.data(path))
        guard let answer else { return remove(path) }
        guard roots.contains(path) || parentKnows(path) else { return }
        let old = nodes[path]
        zxid = max(zxid, answer.stat.mzxid, answer.stat.pzxid, answer.stat.czxid)
        // A server that lags behind must not turn back what a newer one told.
        if let old, old.stat.mzxid > answer.stat.mzxid { return }
        nodes[path, default: Node(stat: answer.stat)].stat = answer.stat
        if old == nil || old?.stat.mzxid != answer.stat.mzxid || old?.stat.czxid != answer.stat.czxid {
            note(.put(path: path, data: answer.data, stat: answer.stat))
            if retainsData { contents[path] = answer.data }
        }
        if old == nil || old?.stat.czxid != answer.stat.czxid, mayHaveChildren(path, answer.stat) {
            want(.children(path))
        }
    }

    /// - names: nil when there is no such node.
    mutating func receive(children names: [String]?, for path: String) {
        finish(.children(path))
        guard let names, nodes[path] != nil else { return }
        let current = Set(names)
        let gone = (nodes[path]?.children ?? []).subtracting(current)
        for name in gone { remove(join(path, name)) }
        nodes[path]?.children = current
        for name in names where nodes[join(path, name)] == nil { want(.data(join(path, name))) }
    }

    /// The read gave nothing (connection or session lost): do it again.
    mutating func fail(_ read: Read) {
        finish(read)
        want(read)
    }

    /// The changes since the last batch; nil when there is nothing to tell, or the first load is not complete.
    mutating func takeBatch() -> MirrorBatch? {
        if !hasDelivered {
            guard isSettled else { return nil }
        } else if changes.isEmpty {
            return nil
        }
        defer {
            changes = [:]
            order = []
            hasDelivered = true
        }
        return MirrorBatch(changes: order.compactMap { changes[$0] }, zxid: zxid, isSnapshot: !hasDelivered)
    }

    // MARK: Parts

    private mutating func finish(_ read: Read) {
        running.remove(read)
        if outdated.remove(read) != nil { want(read) }
    }

    private func mayHaveChildren(_ path: String, _ stat: Stat) -> Bool { stat.ephemeralOwner == 0 && !isLeaf(path) }

    private func parentKnows(_ path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return false }
        let parent = slash == path.startIndex ? "/" : String(path[..<slash])
        return nodes[parent]?.children.contains(String(path[path.index(after: slash)...])) ?? false
    }

    private func join(_ path: String, _ name: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }

    private mutating func note(_ change: MirrorChange) {
        if changes.updateValue(change, forKey: change.path) == nil { order.append(change.path) }
    }

    private mutating func remove(_ path: String) {
        guard let node = nodes.removeValue(forKey: path) else {
            if roots.contains(path) { note(.remove(path: path)) }
            return
        }
        for name in node.children { remove(join(path, name)) }
        contents[path] = nil
        note(.remove(path: path))
    }
}
