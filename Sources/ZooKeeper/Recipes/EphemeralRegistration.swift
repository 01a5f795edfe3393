public import FoundationEssentials
import Logging

/// Keeps one ephemeral node in place for as long as it runs.
///
/// - Guarantee: while the session lives and nobody else owns the name, the node is there with our payload.
/// - Expiry: it is created again on the next session, with the next incarnation.
/// - An old node of ours (an earlier session that the server has not expired yet) is replaced in one multi, so that readers
///   never see a gap; a node that is somebody else's is reported and waited for.
public final class EphemeralRegistration: Sendable {
    private let client: ZooKeeperClient
    private let path: String
    private let payload: @Sendable (Int) -> Data
    private let isOurs: @Sendable (Data) -> Bool
    private let firstIncarnation: Int

    /// - Parameters:
    ///   - path: its parents are created if absent.
    ///   - firstIncarnation: number of the first creation; grows by one with each.
    ///   - payload: given the incarnation.
    ///   - isOurs: whether existing data is of an earlier incarnation of this very process or machine.
    public init(
        client: ZooKeeperClient, path: String, firstIncarnation: Int = 1, payload: @escaping @Sendable (Int) -> Data,
        isOurs: @escaping @Sendable (Data) -> Bool
    ) {
        self.client = client
        self.path = path
        self.firstIncarnation = firstIncarnation
        self.payload = payload
        self.isOurs = isOurs
    }

    /// Until the task is cancelled; then the node is deleted at once.
    public func run() async throws {
        var incarnation = firstIncarnation
        var created: Int64?
        for await current in client.watchData(path) {
            do {
                try await client.waitUntilConnected(timeout: .seconds(3600))
                guard let session = client.sessionID else { throw ZooKeeperError(.connectionLoss, path: path) }
                if let current {
                    if current.stat.ephemeralOwner == session { created = session; continue }
                    guard isOurs(current.data) else {
                        client.logger.error(
                            "the name is taken by another process",
                            metadata: ["path": "\(path)", "owner": "\(current.stat.ephemeralOwner)"])
                        continue
                    }
                    try await client.multi([
                        .delete(path, version: current.stat.version), .create(path, payload(incarnation), mode: .ephemeral),
                    ])
                } else {
                    if let parent = path.lastIndex(of: "/"), parent != path.startIndex {
                        try await client.createWithParents(String(path[..<parent]))
                    }
                    try await client.create(path, payload(incarnation), mode: .ephemeral)
                }
                incarnation += 1
                created = session
            } catch is CancellationError {
                break
            } catch {
                // The watch set by the read above tells when it changes; a lost connection makes it read again. A create that
                // failed for another reason would not, so say it and let the next change decide.
                client.logger.warning("cannot register", metadata: ["path": "\(path)", "error": "\(error)"])
                if Task.isCancelled { break }
                try? await Task.sleep(for: .milliseconds(200))
                try? await ensurePresent(&incarnation)
            }
        }
        if let created, created == client.sessionID {
            // In a task of its own: this one is cancelled.
            await Task { try? await client.delete(path) }.value
        }
    }

    private func ensurePresent(_ incarnation: inout Int) async throws {
        guard try await client.exists(path) == nil else { return }
        try await client.create(path, payload(incarnation), mode: .ephemeral)
        incarnation += 1
    }
}
