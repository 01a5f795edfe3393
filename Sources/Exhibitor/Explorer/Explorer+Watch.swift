import ZooKeeper

/// A change of a watched znode, or the first look at it.
struct ZnodeEvent: Sendable {
    /// Nil for the first look.
    var kind: ZnodeChange?
    var stat: Stat?
}

extension Explorer {
    /// Changes closer together than this are told as one.
    private static var pause: Duration { .milliseconds(100) }
    /// The same for a long list of children, which is read whole after each change.
    private static var longPause: Duration { .seconds(2) }
    private static var longList: Int { 1000 }

    /// Tells of a znode, whether it exists or not, until the task is cancelled or the session is given up.
    /// - Throws: `noAuth` when the access control list keeps us from watching it.
    func watch(_ path: ZnodePath, tell: @escaping @Sendable (ZnodeEvent) -> Void) async throws {
        try await connection.withClient { client in
            var last = try await client.exists(path.text)
            if last != nil { _ = try await client.get(path.text) }
            tell(ZnodeEvent(kind: nil, stat: last))
            let (hints, hint) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { hint.finish() }
                    for await _ in client.watchData(path.text) {
                        hint.yield()
                        try await Task.sleep(for: Self.pause)
                    }
                }
                group.addTask {
                    defer { hint.finish() }
                    for await names in client.watchChildren(path.text) {
                        hint.yield()
                        try await Task.sleep(for: names?.count ?? 0 > Self.longList ? Self.longPause : Self.pause)
                    }
                }
                for await _ in hints {
                    let stat = try await client.exists(path.text)
                    for kind in ZnodeChange.changes(from: last, to: stat) { tell(ZnodeEvent(kind: kind, stat: stat)) }
                    last = stat
                }
                group.cancelAll()
            }
        }
    }
}
