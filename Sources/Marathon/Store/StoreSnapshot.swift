import ClusterState
import FoundationEssentials
import ZooKeeper

/// The contents of the store at the time of a take-over: path to data.
struct StoreSnapshot: Sendable {
    var nodes: [String: Data]

    /// Reads everything below a path. Reads run side by side; the session sends them pipelined.
    ///
    /// Consistent only when nobody else writes: call it after the epoch was raised (which fences every earlier leader) and
    /// after a `sync`.
    static func load(_ roots: [String], from client: ZooKeeperClient) async throws -> StoreSnapshot {
        var nodes: [String: Data] = [:]
        try await withThrowingTaskGroup(of: [String: Data].self) { group in
            for root in roots { group.addTask { try await subtree(root, client) } }
            for try await part in group { nodes.merge(part) { _, new in new } }
        }
        return StoreSnapshot(nodes: nodes)
    }

    private static func subtree(_ path: String, _ client: ZooKeeperClient) async throws -> [String: Data] {
        var nodes: [String: Data] = [:]
        do {
            let (data, stat) = try await client.get(path)
            nodes[path] = data
            guard stat.numChildren > 0 else { return nodes }
            let names = try await client.children(path).names
            try await withThrowingTaskGroup(of: [String: Data].self) { group in
                for name in names { group.addTask { try await subtree("\(path)/\(name)", client) } }
                for try await part in group { nodes.merge(part) { _, new in new } }
            }
        } catch let error as ZooKeeperError where error.code == .noNode {
            // Deleted between two reads.
        }
        return nodes
    }

    func decode<T: Decodable>(_ type: T.Type = T.self, at path: String) throws -> T? {
        guard let data = nodes[path], !data.isEmpty else { return nil }
        return try ClusterJSON.decode(type, from: data)
    }
}
