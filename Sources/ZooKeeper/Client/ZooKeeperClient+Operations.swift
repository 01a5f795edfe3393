public import FoundationEssentials
import Synchronization

extension ZooKeeperClient {
    // MARK: Reads. Repeated after a lost connection until the operation timeout is over.

    /// - Throws: `ZooKeeperError.noNode` when there is none.
    public func get(_ path: String) async throws -> (data: Data, stat: Stat) {
        try await reading(path) { try await $0.get(path) }
    }

    /// nil when there is no such node.
    public func exists(_ path: String) async throws -> Stat? {
        try await reading(path) { try await $0.exists(path) }
    }

    /// The names (not paths) of the children, in no order.
    public func children(_ path: String) async throws -> (names: [String], stat: Stat) {
        try await reading(path) { try await $0.children(path) }
    }

    public func acl(_ path: String) async throws -> (acl: [ACL], stat: Stat) {
        try await reading(path) { try await $0.acl(path) }
    }

    /// Makes the server we talk to catch up with the leader: a read after it sees everything that was committed before it.
    public func sync(_ path: String = "/") async throws {
        try await reading(path) { try await $0.sync(path) }
    }

    /// The membership text of `/zookeeper/config`.
    public func ensembleConfiguration() async throws -> (data: Data, stat: Stat) {
        try await reading("/zookeeper/config") { try await $0.ensembleConfiguration() }
    }

    // MARK: Writes. Not repeated.

    /// - Returns: the path of the new node, with its number for a sequential mode.
    /// - Throws: `nodeExists`, `noNode` (no parent), `tooLarge`, …
    @discardableResult
    public func create(_ path: String, _ data: Data = Data(), mode: CreateMode = .persistent, acl: [ACL] = ACL.open) async throws -> String
    {
        try checkSize(data, path)
        return try await connectedHandle().create(path, data, mode: mode, acl: acl)
    }

    /// Creates persistent nodes in the order given; existing ones are left as they are.
    public func createAll(_ paths: [String]) async throws {
        for path in paths {
            try await retrying(path) { handle in
                do {
                    _ = try await handle.create(path, Data(), mode: .persistent, acl: ACL.open)
                } catch let error as ZooKeeperError where error.code == .nodeExists {}
            }
        }
    }

    /// Creates a persistent node and its missing parents; existing ones are left as they are.
    public func createWithParents(_ path: String) async throws {
        var prefix = ""
        try await createAll(
            path.split(separator: "/").map { part in
                prefix += "/" + part
                return prefix
            })
    }

    /// - version: -1 for any.
    @discardableResult
    public func set(_ path: String, _ data: Data, version: Int32 = -1) async throws -> Stat {
        try checkSize(data, path)
        return try await connectedHandle().set(path, data, version: version)
    }

    public func delete(_ path: String, version: Int32 = -1) async throws {
        try await connectedHandle().delete(path, version: version)
    }

    /// Deletes a node and everything below it, children first; a node that is not there is fine.
    public func deleteSubtree(_ path: String) async throws {
        var ordered: [String] = []
        var open = [path]
        while let next = open.popLast() {
            do {
                let names = try await children(next).names
                ordered.append(next)
                open += names.map { next == "/" ? "/\($0)" : "\(next)/\($0)" }
            } catch let error as ZooKeeperError where error.code == .noNode {}
        }
        for path in ordered.reversed() {
            try await retrying(path) { handle in
                do {
                    try await handle.delete(path, version: -1)
                } catch let error as ZooKeeperError where error.code == .noNode {}
            }
        }
    }

    public func setACL(_ path: String, _ acl: [ACL], version: Int32 = -1) async throws {
        try await connectedHandle().setACL(path, acl, version: version)
    }

    /// All operations or none.
    /// - Returns: a result per operation, in order.
    /// - Throws: `MultiError` when one was refused; `ZooKeeperError` otherwise.
    @discardableResult
    public func multi(_ ops: [Op]) async throws -> [OpResult] {
        guard !ops.isEmpty else { return [] }
        var size = 0
        for op in ops {
            size += op.encodedSize
            switch op {
            case .create(let path, let data, let mode, _):
                try checkSize(data, path)
                // The library aborts the process on the answer to a container in a multi (contracts/exhibitor.md §14.1).
                guard mode.raw <= 3 else { throw ZooKeeperError(.unimplemented, path: path) }
            case .set(let path, let data, _): try checkSize(data, path)
            case .delete, .check: break
            }
        }
        guard size <= RequestLimits.multiSize else { throw ZooKeeperError(.tooLarge, path: ops[0].path) }
        return try await connectedHandle().multi(ops)
    }

    /// Changes the ensemble's membership; see contracts/exhibitor.md §13.2 for the forms of the arguments.
    /// - Returns: the new membership text.
    public func reconfigure(
        joining: String? = nil, leaving: String? = nil, members: String? = nil, fromVersion: Int64 = -1
    ) async throws -> (data: Data, stat: Stat) {
        try await connectedHandle().reconfigure(joining: joining, leaving: leaving, members: members, fromVersion: fromVersion)
    }

    /// Adds credentials to the current session, e.g. `digest` with `user:password`.
    public func addAuthentication(scheme: String, certificate: String) async throws {
        try await connectedHandle().addAuthentication(scheme: scheme, certificate: certificate)
    }

    // MARK: Helpers

    private func checkSize(_ data: Data, _ path: String) throws {
        guard data.count <= RequestLimits.dataSize else { throw ZooKeeperError(.tooLarge, path: path) }
    }

    private func reading<Value: Sendable>(
        _ path: String, _ operation: (SessionHandle) async throws -> Value
    ) async throws -> Value {
        try await retrying(path, operation)
    }

    /// Repeats an operation that may be repeated until it succeeds, is refused, or the time is over.
    func retrying<Value: Sendable>(
        _ path: String, _ operation: (SessionHandle) async throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + operationTimeout
        var pause = Duration.milliseconds(20)
        while true {
            do {
                return try await operation(try await connectedHandle(timeout: max(deadline - .now, .zero)))
            } catch let error as ZooKeeperError where error.isConnectionProblem {
                if state.withLock({ $0.isClosed }) { throw ZooKeeperError(.closing, path: path) }
                guard ContinuousClock.now + pause < deadline else { throw error }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(1))
            }
        }
    }
}
