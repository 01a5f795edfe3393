/// How many znodes are below each inner znode of a tree, counted before the tree is listed.
///
/// Kept are hashes of paths, and only of znodes that have children: a tree of a million leaves needs almost nothing.
struct DescendantCounts: Sendable {
    private var counts: [Int: Int] = [:]

    /// A znode with children; they count for all its ancestors too.
    mutating func add(_ path: ZnodePath, children: Int) {
        guard children > 0 else { return }
        counts[key(path.text), default: 0] += children
        var next = path
        while !next.isRoot {
            next = next.parent
            counts[key(next.text), default: 0] += children
        }
    }

    /// Nil for a znode that had no children.
    subscript(path: ZnodePath) -> Int? { counts[key(path.text)] }

    private func key(_ text: String) -> Int {
        var hasher = Hasher()
        for byte in text.utf8 { hasher.combine(byte) }
        return hasher.finalize()
    }
}
