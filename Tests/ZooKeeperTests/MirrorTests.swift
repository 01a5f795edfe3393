import EnsembleTesting
import FoundationEssentials
import Synchronization
import Testing

@testable import ZooKeeper

/// Applies batches to a dictionary, as a consumer does.
final class MirrorCopy: Sendable {
    private let state = Mutex<(nodes: [String: Data], hasSnapshot: Bool)>(([:], false))

    func follow(_ mirror: SubtreeMirror) async {
        for await batch in mirror.batches() {
            state.withLock { state in
                if batch.isSnapshot { state.nodes = [:] }
                for change in batch.changes {
                    switch change {
                    case .put(let path, let data, _): state.nodes[path] = data
                    case .remove(let path): state.nodes[path] = nil
                    }
                }
                if batch.isSnapshot { state.hasSnapshot = true }
            }
        }
    }

    var nodes: [String: Data] { state.withLock { $0.nodes } }
    var count: Int { state.withLock { $0.nodes.count } }
    var hasSnapshot: Bool { state.withLock { $0.hasSnapshot } }
}

func mirroring<Result: Sendable>(
    _ mirror: SubtreeMirror, _ body: (MirrorCopy) async throws -> Result
) async throws -> Result {
    let copy = MirrorCopy()
    return try await running({
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await mirror.run() }
            group.addTask { await copy.follow(mirror) }
            try await group.waitForAll()
        }
    }) {
        try await body(copy)
    }
}

@Suite("Subtree mirror", .serialized)
struct MirrorTests {
    /// What is really there.
    private func contents(_ client: ZooKeeperClient, _ root: String) async throws -> [String: Data] {
        var result: [String: Data] = [:]
        var open = [root]
        while let path = open.popLast() {
            guard let node = try? await client.get(path) else { continue }
            result[path] = node.data
            open += (try? await client.children(path).names.map { "\(path)/\($0)" }) ?? []
        }
        return result
    }

    @Test("after random changes, lost connections and expiries the copy equals the tree", arguments: [1, 2, 3] as [UInt64])
    func convergence(seed: UInt64) async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers, sessionTimeout: .seconds(10)) { writer in
                try await withClient(ensemble.servers, sessionTimeout: .seconds(10)) { reader in
                    try await mirroring(SubtreeMirror(client: reader, roots: ["/r"])) { copy in
                        var generator = SeededGenerator(seed: seed)
                        for round in 0..<12 {
                            for _ in 0..<60 { try await mutate(writer, &generator) }
                            switch Int.random(in: 0..<4, using: &generator) {
                            case 0 where round % 3 == 0:
                                await ensemble.kill(serverIndex: 0)
                                try await ensemble.restart(serverIndex: 0)
                            case 1: try await reader.expire()
                            default: break
                            }
                            for _ in 0..<20 { try await mutate(writer, &generator) }
                            let truth = try await contents(writer, "/r")
                            try await eventually("seed \(seed), round \(round): the copy equals the tree") { copy.nodes == truth }
                        }
                    }
                }
            }
        }
    }

    private func mutate(_ client: ZooKeeperClient, _ generator: inout SeededGenerator) async throws {
        let depth = Int.random(in: 0...3, using: &generator)
        let path = "/r" + (0..<depth).map { _ in "/\(Int.random(in: 0..<4, using: &generator))" }.joined()
        do {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5: try await client.create(path, Data("\(Int.random(in: 0..<1000, using: &generator))".utf8))
            case 5..<8: try await client.set(path, Data("\(Int.random(in: 0..<1000, using: &generator))".utf8))
            default: try await client.deleteSubtree(path)
            }
        } catch let error as ZooKeeperError where [.noNode, .nodeExists, .notEmpty].contains(error.code) {}
    }

    @Test("50,000 nodes are mirrored within the watch budget and survive a reconnect")
    func size() async throws {
        let count = 50_000
        try await TestEnsemble.withEnsemble(heapMegabytes: 512) { ensemble in
            try await withClient(ensemble.servers, sessionTimeout: .seconds(10), operationTimeout: .seconds(60)) { writer in
                let parents = (0..<64).map { "/big/shard-\($0)" }
                try await writer.createAll(["/big"] + parents)
                for chunk in stride(from: 0, to: count, by: 500) {
                    try await writer.multi(
                        (chunk..<chunk + 500).map {
                            .create("\(parents[$0 % 64])/a-node-with-a-name-of-a-usual-length-\($0)", Data("\($0)".utf8))
                        })
                }
                try await withClient(ensemble.servers, sessionTimeout: .seconds(10), operationTimeout: .seconds(60)) { reader in
                    let mirror = SubtreeMirror(client: reader, roots: ["/big"], isLeaf: { $0.contains("/a-node") })
                    try await mirroring(mirror) { copy in
                        try await eventually("loaded", within: .seconds(120)) { copy.count == count + 65 }
                        #expect(mirror.laneCount > 1, "more sessions share the watches")
                        #expect(reader.watchedBytes < 1024 * 1024)
                        await ensemble.kill(serverIndex: 0)
                        try await ensemble.restart(serverIndex: 0)
                        try await writer.set("\(parents[1])/a-node-with-a-name-of-a-usual-length-1", Data("changed".utf8))
                        try await writer.delete("\(parents[2])/a-node-with-a-name-of-a-usual-length-2")
                        try await eventually("caught up after the reconnect", within: .seconds(60)) {
                            copy.count == count + 64
                                && copy.nodes["\(parents[1])/a-node-with-a-name-of-a-usual-length-1"] == Data("changed".utf8)
                        }
                    }
                }
            }
        }
    }

    @Test("the first batch is complete, and a root that does not exist yet gives an empty one")
    func snapshot() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { client in
                try await mirroring(SubtreeMirror(client: client, roots: ["/later"], retainsData: true)) { copy in
                    try await eventually("empty snapshot") { copy.hasSnapshot }
                    try await client.createWithParents("/later/a/b")
                    try await eventually("followed") { copy.nodes.keys.sorted() == ["/later", "/later/a", "/later/a/b"] }
                }
            }
        }
    }
}
