import Hummingbird
import NIOCore
import ZooKeeper

/// `explorer/usage-listing`: every znode of a subtree with its numbers of children and descendants, as a file in the order
/// of the paths (contracts/exhibitor.md §5). Two walks, one that counts and one that writes: nothing but counters is kept.
struct UsageListing: Sendable {
    struct Question: Decodable, Sendable {
        var startPath: String
        var maxChildrenForTraversal: Int
    }

    static let header = "Path\tCreateDate\tChildQty\tDeepChildQty\n"
    private static let chunkSize = 64 * 1024
    /// A tree that takes longer to count is too large for a file.
    private static let bounds = SubtreeScan.Bounds(znodes: .max, time: .seconds(3600))

    let connection: ZooKeeperConnection
    let top: ZnodePath
    /// Znodes with more children are listed but not descended.
    let childLimit: Int

    /// - Throws: `noNode` when there is no such subtree.
    func check() async throws {
        try await connection.withClient { client in
            guard try await client.exists(top.text) != nil else { throw ZooKeeperError(.noNode, path: top.text) }
        }
    }

    func write(to writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(string: Self.header))
        try await connection.withClient { client in
            let counts = try await counts(client)
            var walk = PathOrderedWalk(client, top: top, childLimit: childLimit)
            var chunk = ByteBuffer()
            while let node = try await walk.next() {
                chunk.writeString(Self.line(node, descendants: counts[node.path]))
                guard chunk.readableBytes >= Self.chunkSize else { continue }
                try await writer.write(chunk)
                chunk.clear()
            }
            try await writer.write(chunk)
        }
        try await writer.finish(nil)
    }

    private func counts(_ client: ZooKeeperClient) async throws -> DescendantCounts {
        var counts = DescendantCounts()
        var bounds = Self.bounds
        bounds.children = childLimit
        _ = try await SubtreeScan(client: client, bounds: bounds).run(top) { visit in
            counts.add(visit.path, children: Int(visit.stat.numChildren))
            return true
        }
        return counts
    }

    /// - descendants: as counted before; children of a znode that is not descended count, what is below them does not.
    static func line(_ node: PathOrderedWalk.Node, descendants: Int?) -> String {
        let children = Int(node.stat.numChildren)
        return "\(node.path)\t\(node.stat.ctime)\t\(children)\t\(descendants ?? children)\n"
    }
}
