import EnsembleTesting
import FoundationEssentials
import Testing
import ZooKeeper

@testable import Exhibitor

@Suite(.serialized) struct ZooKeeperConnectionTests {
    private static func run(
        idleLimit: Duration, _ body: (ZooKeeperConnection, TestEnsemble) async throws -> Void
    ) async throws {
        try await TestEnsemble.withEnsemble(servers: 1) { ensemble in
            let server = ensemble.servers[0]
            let connection = ZooKeeperConnection(idleLimit: idleLimit) {
                ZooKeeperConnection.Endpoint(server: server, credentials: nil)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await connection.run() }
                try await body(connection, ensemble)
                group.cancelAll()
            }
        }
    }

    private static func wait(_ location: SourceLocation = #_sourceLocation, until isReached: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while try await !isReached() {
            guard ContinuousClock.now < end else {
                Issue.record("not reached in time", sourceLocation: location)
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func sessions(_ ensemble: TestEnsemble) async throws -> Int {
        try await ensemble.ask("cons", serverIndex: 0).split(separator: "sid=").count - 1
    }

    @Test func opensWhenItIsUsedAndClosesWhenItIsNot() async throws {
        try await Self.run(idleLimit: .milliseconds(300)) { connection, ensemble async throws in
            #expect(await !connection.isOpen)
            #expect(try await connection.withClient { try await $0.exists("/") } != nil)
            #expect(await connection.isOpen)
            try await Self.wait { await !connection.isOpen }
            try await Self.wait { try await Self.sessions(ensemble) == 0 }
            #expect(try await connection.withClient { try await $0.exists("/") } != nil)
        }
    }

    @Test func staysOpenWhileItIsUsed() async throws {
        try await Self.run(idleLimit: .milliseconds(50)) { connection, ensemble async throws in
            try await connection.withClient { client in
                _ = try await client.exists("/")
                let session = client.sessionID
                try await Task.sleep(for: .milliseconds(300))
                _ = try await client.exists("/")
                #expect(client.sessionID == session)
            }
        }
    }

    @Test func isDroppedUnderWhoeverUsesIt() async throws {
        try await Self.run(idleLimit: .seconds(60)) { connection, ensemble async throws in
            try await connection.withClient { client in
                _ = try await client.exists("/")
                await connection.drop()
                await #expect(throws: ZooKeeperError(.closing)) { try await client.set("/", Data()) }
            }
            #expect(try await connection.withClient { try await $0.exists("/") } != nil)
            try await Self.wait { try await Self.sessions(ensemble) == 1 }
        }
    }
}
