/// The sorted names of the children of the znodes that were listed last, so that paging through 100,000 of them reads and
/// sorts them once. A list is good as long as the znode's `pzxid`, the zxid of its last child change, is the same.
struct ChildNameCache: Sendable {
    private struct Entry {
        let path: String
        let pzxid: Int64
        let names: [String]
    }

    /// The last is the one used last.
    private var entries: [Entry] = []
    private let limit: Int

    /// - limit: names kept, of all znodes together; a longer list is kept alone.
    init(limit: Int = 150_000) { self.limit = limit }

    mutating func names(of path: ZnodePath, pzxid: Int64) -> [String]? {
        guard let index = index(of: path) else { return nil }
        let entry = entries.remove(at: index)
        guard entry.pzxid == pzxid else { return nil }
        entries.append(entry)
        return entry.names
    }

    mutating func insert(_ names: [String], of path: ZnodePath, pzxid: Int64) {
        if let index = index(of: path) { entries.remove(at: index) }
        entries.append(Entry(path: path.text, pzxid: pzxid, names: names))
        while entries.count > 1, entries.reduce(0, { $0 + $1.names.count }) > limit { entries.removeFirst() }
    }

    mutating func removeAll() { entries = [] }

    private func index(of path: ZnodePath) -> Int? {
        entries.firstIndex { $0.path.utf8.elementsEqual(path.text.utf8) }
    }
}
