import EnsembleModel
import FoundationEssentials
import Testing
import ZooKeeper

extension NetworkedEnsemble {
    /// As long as an election and the way of a client to another server may take on a machine that does other things too.
    static let electionTime = Duration.seconds(10)

    /// Runs a fault story while a client writes. Afterwards every acknowledged write is on every server of `members`, and
    /// writes were blocked only while the story said that the quorum was gone, or for an election.
    /// - Parameters:
    ///   - servers: the hosts the client knows.
    ///   - members: the hosts that are members at the end; nil: `servers`.
    nonisolated func whileWriting(
        to servers: [Int], members: [Int]? = nil, sourceLocation: SourceLocation = #_sourceLocation,
        _ story: (SteadyWriter) async throws -> Void
    ) async throws {
        let writer = SteadyWriter(servers: servers.map { "\(address($0)):2181" }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await writer.run() }
            do {
                try await writer.waitForProgress()
                try await story(writer)
                try await writer.waitForProgress()
            } catch {
                writer.stop()
                group.cancelAll()
                throw error
            }
            writer.stop()
            try await group.waitForAll()
        }
        for (gap, unexcused) in writer.unexcusedGaps {
            #expect(
                unexcused < Self.electionTime, "writes stood still for \(gap), though a quorum was there", sourceLocation: sourceLocation)
        }
        for host in members ?? servers {
            let missing = writer.acknowledged.subtracting(try await written(host))
            #expect(missing.isEmpty, "\(missing.count) acknowledged writes are not on host \(host)", sourceLocation: sourceLocation)
        }
    }

    /// The writes that one server has, after it caught up with the leader.
    nonisolated func written(_ host: Int) async throws -> Set<Int> {
        try await withClient(of: host) { client in
            try await client.sync(SteadyWriter.path)
            return Set(try await client.children(SteadyWriter.path).names.compactMap { Int($0) })
        }
    }

    /// A client of one server alone.
    nonisolated func withClient<Value: Sendable>(of host: Int, _ body: @Sendable (ZooKeeperClient) async throws -> Value) async throws
        -> Value
    {
        let client = ZooKeeperClient(
            servers: ["\(address(host)):2181"], sessionTimeout: .seconds(10), operationTimeout: .seconds(20), logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { client.close() }
            let value = try await body(client)
            client.close()
            try await group.waitForAll()
            return value
        }
    }
}
