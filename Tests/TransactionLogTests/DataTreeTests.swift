import Testing

@testable import TransactionLog

/// Replay against what the server itself stored.
struct DataTreeTests {
    private func directory(_ files: [String: [UInt8]]) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for (name, bytes) in files { try directory.write(bytes, to: name) }
        return directory
    }

    private func load(_ files: [String: [UInt8]], upTo zxid: Int64 = .max) throws -> (tree: DataTree, report: DataTreeLoader.Report) {
        let directory = try directory(files)
        return try DataTreeLoader(logDirectory: directory.path, snapshotDirectory: directory.path).load(upTo: zxid)
    }

    /// Without the membership, which is no transaction when the server starts.
    private func comparable(_ tree: DataTree) -> [String: DataTree.Node] {
        tree.nodes.filter { !$0.key.hasPrefix("/zookeeper/config") }
    }

    @Test func snapshotAndLogsMakeTheTreeOfTheNextSnapshot() throws {
        let replayed = try load(["snapshot.33": ServerFiles.snapshot33, "log.1": ServerFiles.log1, "log.35": ServerFiles.log35])
        let stored = try load(["snapshot.4d.gz": ServerFiles.snapshot4dGzip])
        #expect(replayed.report.problems.isEmpty)
        #expect(replayed.report.snapshot?.zxid == 0x33)
        #expect(replayed.report.logs.count == 2)
        #expect(replayed.tree.lastZxid == 0x4d)
        #expect(stored.tree.nodes.count > 50)
        #expect(comparable(replayed.tree) == comparable(stored.tree))
        #expect(replayed.tree.sessions == stored.tree.sessions)
    }

    @Test func logsFromTheFirstOnMakeTheSameTree() throws {
        let replayed = try load(["log.1": ServerFiles.log1, "log.35": ServerFiles.log35])
        let stored = try load(["snapshot.4d.snappy": ServerFiles.snapshot4dSnappy])
        #expect(stored.report.problems.isEmpty)
        #expect(comparable(replayed.tree) == comparable(stored.tree))
    }

    @Test func replayingWhatASnapshotHoldsChangesNothing() throws {
        var tree = try DataTree(reading: try SnapshotReader(bytes: ServerFiles.snapshot33), zxid: 0x2f)
        let before = tree.nodes
        var reader = try LogReader(bytes: ServerFiles.log1)
        while let entry = try reader.next() {
            if (0x30...0x33).contains(entry.header.zxid) { tree.apply(try entry.transaction()) }
        }
        #expect(tree.nodes == before)
    }

    @Test func stopsAtAZxid() throws {
        let tree = try load(["log.1": ServerFiles.log1], upTo: 2).tree
        #expect(tree.lastZxid == 2)
        #expect(tree.nodes["/a"]?.data == Array("one".utf8))
        #expect(tree.nodes["/a/b"] == nil)
        #expect(try load(["log.1": ServerFiles.log1], upTo: 3).tree.nodes["/a"]?.data == Array("two".utf8))
    }

    @Test func ephemeralsEndWithTheirSession() throws {
        let tree = try load(["log.1": ServerFiles.log1]).tree
        #expect(tree.nodes["/eph"] == nil)
        #expect(tree.nodes["/cont/x"] != nil)
        #expect(tree.nodes["/"]?.childCount == Int32(tree.nodes.keys.filter { $0 != "/" && DataTree.parent(of: $0) == "/" }.count))
    }

    @Test func fallsBackToTheSnapshotBeforeADamagedOne() throws {
        var damaged = ServerFiles.snapshot4dSnappy
        damaged[damaged.count / 2] ^= 0x55
        let loaded = try load(["snapshot.33": ServerFiles.snapshot33, "snapshot.4d.snappy": damaged, "log.1": ServerFiles.log1])
        #expect(loaded.report.snapshot?.zxid == 0x33)
        #expect(loaded.report.problems.count == 1)
        #expect(loaded.tree.lastZxid == 0x34)
    }
}
