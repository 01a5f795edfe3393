import ZooKeeper

/// Where a tree is large: totals of its upper subtrees, and the znodes that stand out.
struct SubtreeAnalysis: Sendable {
    struct Totals: Sendable, Equatable {
        var znodes = 0
        /// Of data; names and overhead not counted.
        var bytes: Int64 = 0
        var ephemerals = 0
        /// Levels below the top.
        var depth = 0

        mutating func add(_ visit: SubtreeScan.Visit) {
            znodes += 1
            bytes += Int64(visit.stat.dataLength)
            if visit.stat.ephemeralOwner != 0 { ephemerals += 1 }
            depth = max(depth, visit.depth)
        }
    }

    /// Of each list that is answered.
    private static let listLimit = 20
    private static let subtreeLimit = 200

    private let top: ZnodePath
    private let depth: Int
    private(set) var totals = Totals()
    private var subtrees: [String: Totals] = [:]
    private var largest = TopList(limit: listLimit)
    private var widest = TopList(limit: listLimit)
    private var busiest = TopList(limit: listLimit)

    /// - depth: subtrees are told down to so many levels below the top.
    init(top: ZnodePath, depth: Int) {
        self.top = top
        self.depth = depth
    }

    mutating func add(_ visit: SubtreeScan.Visit) {
        totals.add(visit)
        for prefix in prefixes(of: visit.path) { subtrees[prefix, default: Totals()].add(visit) }
        let text = visit.path.text
        if visit.stat.dataLength > 0 { largest.insert(text, value: Int64(visit.stat.dataLength)) }
        if visit.stat.numChildren > 0 { widest.insert(text, value: Int64(visit.stat.numChildren)) }
        let changes = Int64(visit.stat.version) + Int64(visit.stat.cversion)
        if changes > 0 { busiest.insert(text, value: changes) }
    }

    /// The path's own ancestors of the levels 1 to `depth` below the top, itself included.
    private func prefixes(of path: ZnodePath) -> [String] {
        let text = path.text
        let skipped = top.isRoot ? 0 : top.text.utf8.count
        guard text.utf8.count > skipped else { return [] }
        var prefixes: [String] = []
        var index = text.utf8.index(text.startIndex, offsetBy: skipped)
        while index < text.endIndex, prefixes.count < depth {
            let start = text.utf8.index(after: index)
            index = text.utf8[start...].firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
            if index > start { prefixes.append(String(text[..<index])) }
        }
        return prefixes
    }

    func body(complete: Bool) -> AnalysisBody {
        let ordered = subtrees.sorted { first, second in
            first.value.znodes == second.value.znodes
                ? ByteOrder.precedes(first.key, second.key) : first.value.znodes > second.value.znodes
        }
        return AnalysisBody(
            root: top.text, znodes: totals.znodes, bytes: totals.bytes,
            subtrees: ordered.prefix(Self.subtreeLimit).map {
                AnalysisBody.Subtree(path: $0.key, znodes: $0.value.znodes, bytes: $0.value.bytes, ephemerals: $0.value.ephemerals)
            },
            largest: largest.largest.map { AnalysisBody.Large(path: $0.path, bytes: $0.value) },
            widest: widest.largest.map { AnalysisBody.Wide(path: $0.path, numChildren: $0.value) },
            busiest: busiest.largest.map { AnalysisBody.Busy(path: $0.path, changes: $0.value) }, complete: complete)
    }
}

/// `GET explorer/analysis`.
struct AnalysisBody: Encodable, Sendable {
    struct Subtree: Encodable, Sendable {
        var path: String
        var znodes: Int
        var bytes: Int64
        var ephemerals: Int
    }
    struct Large: Encodable, Sendable {
        var path: String
        var bytes: Int64
    }
    struct Wide: Encodable, Sendable {
        var path: String
        var numChildren: Int64
    }
    struct Busy: Encodable, Sendable {
        var path: String
        /// Of its data and of its list of children, since it was created.
        var changes: Int64
    }

    var root: String
    var znodes: Int
    var bytes: Int64
    /// Those with the most znodes.
    var subtrees: [Subtree]
    var largest: [Large]
    var widest: [Wide]
    var busiest: [Busy]
    /// False when a bound was met, or an access control list hides something.
    var complete: Bool
}

/// `GET explorer/subtree-size`.
struct SubtreeSizeBody: Encodable, Sendable {
    var path: String
    var znodes: Int
    var bytes: Int64
    var ephemerals: Int
    var depth: Int
    var complete: Bool
}
