import EnsembleTesting
import FoundationEssentials
import Testing

@testable import ZooKeeper

@Suite("Group-commit writer", .serialized)
struct GroupCommitTests {
    private func writing<Result: Sendable>(
        _ client: ZooKeeperClient, _ body: (GroupCommitWriter) async throws -> Result
    ) async throws -> Result {
        let writer = GroupCommitWriter(client: client, markers: "/commits", name: "test")
        return try await running({ try await writer.run() }) { try await body(writer) }
    }

    @Test("each of many concurrent callers learns its own result; a conflict fails its caller only")
    func ownResults() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { client in
                try await client.createAll(["/w", "/w/taken"])
                try await writing(client) { writer in
                    let outcomes = await withTaskGroup(of: (Int, Result<[OpResult], any Error>).self) { group in
                        for index in 0..<1000 {
                            group.addTask {
                                // Every tenth tries to create what is there already, as its second operation.
                                let second = index % 10 == 0 ? "/w/taken" : "/w/\(index)-b"
                                do {
                                    return (index, .success(try await writer.commit([.create("/w/\(index)"), .create(second)])))
                                } catch {
                                    return (index, .failure(error))
                                }
                            }
                        }
                        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                    }
                    for (index, outcome) in outcomes {
                        switch outcome {
                        case .success(let results):
                            #expect(index % 10 != 0)
                            #expect(results == [.created(path: "/w/\(index)"), .created(path: "/w/\(index)-b")])
                        case .failure(let error):
                            #expect(index % 10 == 0)
                            #expect(error as? CommitError == .conflict(index: 1, code: .nodeExists))
                        }
                    }
                    let names = try await client.children("/w").names
                    #expect(names.count == 1 + 900 * 2, "nothing of a refused commit was written")
                }
            }
        }
    }

    @Test("through repeated deaths of servers every commit has a definite outcome: acknowledged is there, refused is not, once")
    func definiteOutcomes() async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            try await withClient(ensemble.servers, sessionTimeout: .seconds(8), operationTimeout: .seconds(60)) { client in
                try await client.createAll(["/w"])
                try await writing(client) { writer in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        // Each caller counts up in its own node with a version check: a commit that happened twice, or one
                        // that happened although it was refused, breaks the chain of versions.
                        for caller in 0..<20 {
                            group.addTask {
                                let path = "/w/\(caller)"
                                try await writer.commit([.create(path, Data("0".utf8))])
                                var version: Int32 = 0
                                for round in 1...60 {
                                    let results = try await writer.commit([.set(path, Data("\(round)".utf8), version: version)])
                                    guard case .set(let stat)? = results.first else { throw DeadlineExceeded(what: "no stat") }
                                    #expect(stat.version == version + 1)
                                    version = stat.version
                                    try await Task.sleep(for: .milliseconds(20))
                                }
                            }
                        }
                        group.addTask {
                            for _ in 0..<3 {
                                let victim = try await ensemble.leaderIndex()
                                await ensemble.kill(serverIndex: victim)
                                try await ensemble.restart(serverIndex: victim)
                            }
                        }
                        try await group.waitForAll()
                    }
                    for caller in 0..<20 {
                        let node = try await client.get("/w/\(caller)")
                        #expect(node.data == Data("60".utf8) && node.stat.version == 60)
                    }
                }
            }
        }
    }

    @Test("a deposed leader's commits are refused as fenced, those without an epoch go on")
    func fencing() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let a = Candidate("a", servers: ensemble.servers)
            try await running({ try await a.run() }) {
                try await eventually("a leads") { a.epoch?.isHeld == true }
                let epoch = try #require(a.epoch)
                try await withClient(ensemble.servers) { client in
                    try await writing(client) { writer in
                        try await writer.commit([.create("/x")], epoch: epoch)
                        try await client.set("/fence", Data("somebody else".utf8))
                        await #expect(throws: CommitError.fenced) { try await writer.commit([.create("/y")], epoch: epoch) }
                        try await writer.commit([.create("/z")])
                        #expect(try await client.exists("/y") == nil)
                    }
                }
            }
        }
    }

    @Test("what no request can carry is refused at once")
    func limits() async throws {
        let client = ZooKeeperClient(servers: ["127.0.0.1:1"])
        let writer = GroupCommitWriter(client: client, markers: "/commits", name: "test")
        let half = Data(repeating: 0, count: 400 * 1024)
        await #expect(throws: CommitError.self) { try await writer.commit([.create("/a", half), .create("/b", half)]) }
        await #expect(throws: CommitError.self) { try await writer.commit([.create("/a", mode: .ephemeralSequential)]) }
    }
}
