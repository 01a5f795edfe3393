import EnsembleTesting
import FoundationEssentials
import Testing

@testable import ZooKeeper

@Suite("A client of a real server", .serialized)
struct ClientTests {
    @Test("operations do what ZooKeeper says they do, with typed errors")
    func operations() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { client in
                #expect(try await client.create("/a", Data("1".utf8)) == "/a")
                let first = try await client.get("/a")
                #expect(first.data == Data("1".utf8) && first.stat.version == 0 && first.stat.czxid > 0)
                #expect(try await client.set("/a", Data("22".utf8), version: 0).version == 1)
                await expectError(.badVersion) { try await client.set("/a", Data(), version: 0) }
                await expectError(.nodeExists) { try await client.create("/a") }
                await expectError(.noNode) { try await client.get("/none") }
                await expectError(.noNode) { try await client.create("/none/child") }
                #expect(try await client.exists("/none") == nil)
                #expect(try await client.create("/a/seq-", mode: .persistentSequential) == "/a/seq-0000000000")
                #expect(try await client.children("/a").names == ["seq-0000000000"])
                await expectError(.notEmpty) { try await client.delete("/a") }
                await expectError(.badArguments) { try await client.create("relative") }
                try await client.deleteSubtree("/a")
                #expect(try await client.exists("/a") == nil)

                let ephemeral = try await client.create("/e", mode: .ephemeral)
                #expect(try await client.exists(ephemeral)?.ephemeralOwner == client.sessionID)
                await expectError(.noChildrenForEphemerals) { try await client.create("/e/child") }

                try await client.create("/container", mode: .container)
                try await client.create("/ttl", mode: .ttl(.seconds(60)))
                #expect(try await client.exists("/ttl") != nil)

                #expect(try await client.get("/e").data.isEmpty, "a node without data reads as empty")
                let large = Data(repeating: 7, count: RequestLimits.dataSize)
                try await client.create("/large", large)
                #expect(try await client.get("/large").data == large)
                await expectError(.tooLarge) { try await client.set("/large", large + [1]) }
                #expect(client.sessionState.isConnected, "an oversized request is refused before it costs the connection")
            }
        }
    }

    @Test("a multi happens as a whole or not at all, and names the operation that failed")
    func multi() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { client in
                let results = try await client.multi([
                    .create("/m", Data("x".utf8)), .create("/m/child-", mode: .ephemeralSequential), .set("/m", Data("y".utf8), version: 0),
                    .check("/m", version: 1),
                ])
                #expect(results.count == 4)
                #expect(results[0] == .created(path: "/m"))
                #expect(results[1] == .created(path: "/m/child-0000000000"))
                guard case .set(let stat) = results[2] else { Issue.record("no stat of the set"); return }
                #expect(stat.version == 1)

                let failed = await #expect(throws: MultiError.self) {
                    try await client.multi([.create("/n"), .delete("/m", version: -1), .create("/o")])
                }
                #expect(failed == MultiError(index: 1, code: .notEmpty))
                #expect(try await client.exists("/n") == nil)

                await expectError(.unimplemented) { try await client.multi([.create("/c", mode: .container)]) }
                #expect(try await client.exists("/m") != nil, "the process lives: a container in a multi would have aborted it")
            }
        }
    }

    @Test("access control lists and digest credentials keep others out")
    func accessControl() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let owner = ZooKeeperClient(servers: ensemble.servers, credentials: .init(user: "me", password: "secret"))
            try await running({ try await owner.run() }) {
                try await owner.create("/mine", Data("s".utf8), acl: ACL.creatorAllWorldRead)
                let list = try await owner.acl("/mine").acl
                #expect(list.contains { $0.scheme == "digest" && $0.id.hasPrefix("me:") && $0.permissions == 31 })
                try await withClient(ensemble.servers) { other in
                    #expect(try await other.get("/mine").data == Data("s".utf8))
                    await expectError(.noAuth) { try await other.set("/mine", Data()) }
                    try await other.addAuthentication(scheme: "digest", certificate: "me:secret")
                    #expect(try await other.set("/mine", Data("t".utf8)).version == 1)
                }
            }
        }
    }

    @Test("the session survives the death and return of its server, and reads wait for it")
    func reconnect() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers, sessionTimeout: .seconds(10)) { client in
                let session = client.sessionID
                try await client.create("/e", mode: .ephemeral)
                await ensemble.kill(serverIndex: 0)
                try await eventually("suspended") { client.sessionState == .suspended }
                #expect(!client.hasLease)
                async let read = client.get("/e")
                try await ensemble.restart(serverIndex: 0)
                #expect(try await read.stat.ephemeralOwner == session)
                #expect(client.sessionID == session)
            }
        }
    }

    @Test("an expired session is told, its ephemerals are gone, and a new session works")
    func expiry() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { client in
                let old = client.sessionID
                try await client.create("/e", mode: .ephemeral)
                let states = client.states()
                try await client.expire()
                #expect(try await client.exists("/e") == nil)
                #expect(client.sessionID != old)
                var seen: [SessionState] = []
                for await state in states {
                    seen.append(state)
                    if state.isConnected, seen.contains(.expired) { break }
                }
                #expect(seen.contains(.expired))
            }
        }
    }

    @Test("a closed client ends its session at once and refuses further work")
    func close() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { observer in
                let client = ZooKeeperClient(servers: ensemble.servers)
                try await running({ try await client.run() }) {
                    try await client.create("/e", mode: .ephemeral)
                }
                #expect(try await observer.exists("/e") == nil)
                await expectError(.closing) { try await client.get("/") }
            }
        }
    }

    @Test("closing with requests in flight answers every one of them")
    func closeInFlight() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            for round in 0..<20 {
                let client = ZooKeeperClient(servers: ensemble.servers)
                let running = Task { try await client.run() }
                try await client.waitUntilConnected(timeout: .seconds(30))
                await withTaskGroup(of: Void.self) { group in
                    for index in 0..<200 {
                        group.addTask { _ = try? await client.create("/r\(round)-\(index)") }
                    }
                    client.close()
                }
                _ = await running.result
            }
        }
    }

    @Test("without a server operations fail in time, and nothing hangs")
    func noServer() async throws {
        let client = ZooKeeperClient(servers: ["127.0.0.1:1"], operationTimeout: .milliseconds(300))
        try await running({ try await client.run() }) {
            await expectError(.notConnected) { try await client.get("/") }
        }
    }

    @Test("the members of an ensemble and their configuration can be read; the list of servers can change")
    func ensemble() async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            try await withClient([ensemble.servers[0]]) { client in
                let text = String(decoding: try await client.ensembleConfiguration().data, as: UTF8.self)
                #expect(text.contains("server.1=") && text.contains("server.3="))
                let session = client.sessionID
                try await client.setServers(Array(ensemble.servers[1...]))
                try await client.sync()
                try await eventually("moved to another server") {
                    client.sessionID == session && client.currentServer.map { !$0.contains(ensemble.servers[0]) } ?? false
                }
            }
        }
    }

    private func expectError(_ code: ZooKeeperError.Code, _ body: () async throws -> some Any) async {
        let error = await #expect(throws: ZooKeeperError.self) { _ = try await body() }
        #expect(error?.code == code)
    }
}
