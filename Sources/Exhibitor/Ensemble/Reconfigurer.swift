import EnsembleModel
import FoundationEssentials
import Logging
import ZooKeeper

/// Carries out one change of a running ensemble's membership through our own server (contracts/exhibitor.md §13.2).
struct Reconfigurer: Sendable {
    let credentials: SuperCredentials?
    let logger: Logger

    /// - version: of the membership the change was planned for; a newer one makes it fail.
    /// - Throws: `ZooKeeperError`; `.badVersion` when the membership changed meanwhile. After `.connectionLoss` the
    ///   change may have been made: the next look at the membership tells.
    func reconfigure(
        _ settings: ZooKeeperSettings, joining: [Member], leaving: [Int], version: UInt64
    ) async throws {
        let client = ZooKeeperClient(
            servers: ["\(settings.probeAddress):\(settings.clientPort)"], sessionTimeout: .seconds(10), operationTimeout: .seconds(5),
            credentials: credentials?.credentials, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            group.addTask {
                _ = try await client.reconfigure(
                    // Unused arguments must be absent, not empty.
                    joining: joining.isEmpty ? nil : joining.map(\.line).joined(separator: ","),
                    leaving: leaving.isEmpty ? nil : leaving.map(String.init).joined(separator: ","),
                    fromVersion: Int64(bitPattern: version))
            }
            defer { client.close() }
            // The operation ends first, or the client when we are cancelled.
            try await group.next()
            client.close()
            try await group.waitForAll()
        }
    }
}
