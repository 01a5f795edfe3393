import ZooKeeper

/// Deletes a znode with everything below it: depth first, many znodes in one multi, so that a big subtree needs few round
/// trips and few disk writes.
///
/// What is deleted is gone also when a later part fails. Others may go on creating and deleting meanwhile: what they deleted
/// is fine, what they created below is deleted too, a limited number of times.
struct SubtreeDeletion {
    /// Listing requests under way at once, operations in one multi, and their bytes.
    private static let width = 256
    private static let batchCount = 500
    private static let batchBytes = 512 * 1024
    /// How often a znode that got new children is listed again, and a lost connection waited for.
    private static let patience = 20

    private struct Frame {
        let path: ZnodePath
        var names: ArraySlice<String>
    }

    private let client: ZooKeeperClient
    private var batch: [Op] = []
    private var batchSize = 0
    private var surprises = 0
    /// Znodes deleted so far.
    private(set) var deleted = 0

    init(client: ZooKeeperClient) { self.client = client }

    /// - version: of the data of the top; -1 for any.
    /// - Throws: `noNode` when there is no such znode, `badVersion` before anything is deleted.
    mutating func delete(_ path: ZnodePath, version: Int32) async throws {
        guard let stat = try await client.exists(path.text) else { throw ZooKeeperError(.noNode, path: path.text) }
        guard version < 0 || stat.version == version else { throw ZooKeeperError(.badVersion, path: path.text) }
        try await empty(path)
        try await append(.delete(path.text, version: version))
        try await flush()
    }

    /// Appends the deletion of everything below.
    private mutating func empty(_ top: ZnodePath) async throws {
        guard let names = try await childNames(of: top) else { return }
        var frames = [Frame(path: top, names: names[...])]
        while var frame = frames.popLast() {
            if frame.names.isEmpty {
                if !frames.isEmpty { try await append(.delete(frame.path.text)) }
                continue
            }
            let client = client
            let chunk = frame.names.prefix(Self.width).map(frame.path.child)
            frame.names = frame.names.dropFirst(chunk.count)
            frames.append(frame)
            let lists = try await concurrentMap(chunk, width: Self.width) { path in
                try await Self.childNames(of: path, client)
            }
            for (path, names) in zip(chunk, lists) {
                guard let names else { continue }
                if names.isEmpty {
                    try await append(.delete(path.text))
                } else {
                    frames.append(Frame(path: path, names: names[...]))
                }
            }
        }
    }

    private func childNames(of path: ZnodePath) async throws -> [String]? { try await Self.childNames(of: path, client) }

    /// Nil when the znode is gone.
    private static func childNames(of path: ZnodePath, _ client: ZooKeeperClient) async throws -> [String]? {
        do {
            return try await client.children(path.text).names
        } catch let error as ZooKeeperError where error.code == .noNode {
            return nil
        }
    }

    private mutating func append(_ op: Op) async throws {
        if batchSize + op.encodedSize > Self.batchBytes { try await flush() }
        batch.append(op)
        batchSize += op.encodedSize
        if batch.count >= Self.batchCount { try await flush() }
    }

    private mutating func flush() async throws {
        let ops = batch
        batch = []
        batchSize = 0
        try await carryOut(ops[...])
    }

    private mutating func carryOut(_ ops: ArraySlice<Op>) async throws {
        var rest = ops
        while !rest.isEmpty {
            do {
                try await client.multi(Array(rest))
                deleted += rest.count
                return
            } catch let error as MultiError {
                let failed = rest.startIndex + error.index
                guard rest.indices.contains(failed) else { throw error }
                let op = rest[failed]
                switch error.code {
                case .noNode: break
                case .notEmpty where surprises < Self.patience: surprises += 1
                default: throw ZooKeeperError(error.code, path: op.path)
                }
                try await carryOut(rest[..<failed])
                if error.code == .notEmpty {
                    try await emptyAtOnce(try ZnodePath(op.path))
                    rest = rest[failed...]
                } else {
                    rest = rest[(failed + 1)...]
                }
            } catch let error as ZooKeeperError where error.isConnectionProblem && error.code != .closing && surprises < Self.patience {
                // Deleting what is already deleted is fine, so the outcome need not be known.
                surprises += 1
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Deletes new children while the batch they interrupted waits.
    private mutating func emptyAtOnce(_ path: ZnodePath) async throws {
        var deletion = SubtreeDeletion(client: client)
        deletion.surprises = surprises
        defer {
            deleted += deletion.deleted
            surprises = deletion.surprises
        }
        try await deletion.empty(path)
        try await deletion.flush()
    }
}
