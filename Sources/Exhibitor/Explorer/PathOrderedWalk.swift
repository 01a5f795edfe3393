import ZooKeeper

/// Walks a subtree in the order of its paths as text, each znode once, without holding more than the names that are open:
/// a merge of the sorted children of the znodes whose descendants are not all told yet. (`/a`, `/a-b`, `/a/b`: children do
/// not follow their parent at once.)
struct PathOrderedWalk {
    struct Node: Sendable {
        let path: ZnodePath
        let stat: Stat
    }

    /// A znode as it was read ahead.
    private struct Answer: Sendable {
        let node: Node
        /// Nil: too many to keep, or not to be visited.
        let names: [String]?
    }

    /// The children of one znode from the next one on.
    private struct Cursor {
        let parent: ZnodePath
        let names: [String]
        var position = 0
        /// Path of the next child.
        var head: ZnodePath
        /// Read ahead, from the position on.
        var answers: ArraySlice<Answer?> = []

        init?(parent: ZnodePath, names: [String]) {
            guard let first = names.first else { return nil }
            self.parent = parent
            self.names = names
            head = parent.child(first)
        }
    }

    /// Children read ahead at once, and the most names that are kept of each.
    private static let width = 256
    private static let keptNames = 64

    private let client: ZooKeeperClient
    private let childLimit: Int
    private var top: ZnodePath?
    /// By their heads, the smallest last.
    private var cursors: [Cursor] = []

    /// - childLimit: znodes with more children are told, but not what is below them.
    init(_ client: ZooKeeperClient, top: ZnodePath, childLimit: Int) {
        self.client = client
        self.top = top
        self.childLimit = childLimit
    }

    /// Nil at the end. A znode that goes while it is walked over may be left out.
    mutating func next() async throws -> Node? {
        if let top {
            self.top = nil
            guard let answer = try await Self.read(top, client) else { return nil }
            try await open(answer)
            return answer.node
        }
        while var cursor = cursors.popLast() {
            if cursor.answers.isEmpty {
                let client = client
                let paths = cursor.names[cursor.position...].prefix(Self.width).map(cursor.parent.child)
                cursor.answers = try await concurrentMap(paths) { try await Self.read($0, client) }[...]
            }
            let answer = cursor.answers.popFirst() ?? nil
            cursor.position += 1
            if cursor.position < cursor.names.count {
                cursor.head = cursor.parent.child(cursor.names[cursor.position])
                insert(cursor)
            }
            guard let answer else { continue }
            try await open(answer)
            return answer.node
        }
        return nil
    }

    private mutating func open(_ answer: Answer) async throws {
        let count = Int(answer.node.stat.numChildren)
        guard count > 0, count <= childLimit else { return }
        var names = answer.names
        if names == nil { names = try await Self.read(answer.node.path, client, keepsAll: true)?.names }
        guard let sorted = names?.sorted(by: ByteOrder.precedes), let cursor = Cursor(parent: answer.node.path, names: sorted)
        else { return }
        insert(cursor)
    }

    private mutating func insert(_ cursor: Cursor) {
        // Nearly always the new one is the smallest.
        var index = cursors.count
        while index > 0, ByteOrder.precedes(cursors[index - 1].head.text, cursor.head.text) { index -= 1 }
        cursors.insert(cursor, at: index)
    }

    /// Nil when the znode is gone.
    private static func read(_ path: ZnodePath, _ client: ZooKeeperClient, keepsAll: Bool = false) async throws -> Answer? {
        do {
            let (names, stat) = try await client.children(path.text)
            return Answer(node: Node(path: path, stat: stat), names: keepsAll || names.count <= keptNames ? names : nil)
        } catch let error as ZooKeeperError where error.code == .noNode {
            return nil
        } catch let error as ZooKeeperError where error.code == .noAuth {
            guard let stat = try await client.exists(path.text) else { return nil }
            return Answer(node: Node(path: path, stat: stat), names: [])
        }
    }
}
