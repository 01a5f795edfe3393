import EnsembleTesting
import FoundationEssentials
import Logging
import Testing

@testable import ZooKeeper

/// Runs a body with a connected client whose session ends with it.
func withClient<Result: Sendable>(
    _ servers: [String], sessionTimeout: Duration = .seconds(4), operationTimeout: Duration = .seconds(30),
    _ body: @Sendable (ZooKeeperClient) async throws -> Result
) async throws -> Result {
    let client = ZooKeeperClient(servers: servers, sessionTimeout: sessionTimeout, operationTimeout: operationTimeout)
    return try await running({ try await client.run() }) {
        try await client.waitUntilConnected(timeout: .seconds(30))
        return try await body(client)
    }
}

/// Runs a service beside a body, and ends it (waiting for its end) after the body.
func running<Result: Sendable>(
    _ service: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Result
) async throws -> Result {
    let task = Task { try await service() }
    do {
        let result = try await body()
        task.cancel()
        _ = await task.result
        return result
    } catch {
        task.cancel()
        _ = await task.result
        throw error
    }
}

struct DeadlineExceeded: Error, CustomStringConvertible {
    let what: String
    var description: String { "not within the deadline: \(what)" }
}

/// Waits until a condition holds.
func eventually(
    _ what: String, within deadline: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + deadline
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < end else { throw DeadlineExceeded(what: what) }
        try await Task.sleep(for: .milliseconds(10))
    }
}

extension ZooKeeperClient {
    /// Makes the server end our session behind our back, as an expiry does: takes it over and closes it.
    ///
    /// The client may take its session back before the thief closes it; then the theft is repeated.
    func expire() async throws {
        let identity = try #require(try await connectedHandle().identity)
        var isOver: Bool { sessionID.map { $0 != identity.id } ?? false }
        try await eventually("a new session", within: .seconds(60)) {
            let thief = SessionHandle { _ in }
            try await thief.open(servers: self.servers, sessionTimeout: self.sessionTimeout, credentials: nil, resuming: identity)
            for _ in 0..<100 {
                if isOver { break }
                do { try await thief.sync("/"); break } catch { try await Task.sleep(for: .milliseconds(10)) }
            }
            await thief.close()
            for _ in 0..<200 where !isOver { try await Task.sleep(for: .milliseconds(10)) }
            return isOver
        }
    }
}

/// A reproducible source of randomness; print the seed with every failure.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
