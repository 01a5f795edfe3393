import ClusterState
import FoundationEssentials
import Logging
import ZooKeeper

/// The standard lock recipe, with the node names of Curator's mutex (contracts/exhibitor.md §15.2).
///
/// - Guarantee: one owner among live sessions. An owner whose session expires without his knowing is an owner no more.
/// - Connection loss while the node is made: it is found again by the id in its name.
/// - Connection loss while it is deleted: tried again until the session that it belongs to is over.
final class ZooKeeperLock: ConfigurationLock {
    private let client: ZooKeeperClient
    private let path: String
    private let logger: Logger

    private init(client: ZooKeeperClient, path: String, logger: Logger) {
        self.client = client
        self.path = path
        self.logger = logger
    }

    /// - Returns: nil when it was not to be had in time.
    static func take(
        client: ZooKeeperClient, paths: SharedConfigurationPaths, owner: String, wait: Duration, logger: Logger
    ) async throws -> ZooKeeperLock? {
        let deadline = ContinuousClock.now + wait
        try await client.createWithParents(paths.locks)
        let id = "\(UUID())".lowercased()
        do {
            let path = try await join(client: client, paths: paths, id: id, owner: owner)
            let name = String(path.dropFirst(paths.locks.count + 1))
            while ContinuousClock.now < deadline {
                let contenders = SharedConfigurationPaths.contenders(among: try await client.children(paths.locks).names)
                // Gone with an expired session.
                guard let place = contenders.firstIndex(of: name) else { return nil }
                if place == 0 {
                    // The server may still list the node of a session that is over (contracts/exhibitor.md §15.1).
                    guard let stat = try await client.exists(path), stat.ephemeralOwner == client.sessionID else { return nil }
                    return ZooKeeperLock(client: client, path: path, logger: logger)
                }
                await waitUntilGone(paths.lock(contenders[place - 1]), client: client, deadline: deadline)
                try Task.checkCancellation()
            }
            await remove(path, client: client, logger: logger)
            return nil
        } catch {
            await leave(client: client, paths: paths, id: id, logger: logger)
            throw error
        }
    }

    func release() async {
        await Self.remove(path, client: client, logger: logger)
    }

    // MARK: -

    private static func join(client: ZooKeeperClient, paths: SharedConfigurationPaths, id: String, owner: String) async throws -> String {
        while true {
            do {
                return try await client.create(paths.lockPrefix(id: id), Data(owner.utf8), mode: .ephemeralSequential)
            } catch let error as ZooKeeperError where error.isOutcomeUnknown && error.code != .closing {
                if let path = try await find(client: client, paths: paths, id: id) { return path }
            }
        }
    }

    private static func find(client: ZooKeeperClient, paths: SharedConfigurationPaths, id: String) async throws -> String? {
        try await client.sync(paths.locks)
        let prefix = paths.lockPrefix(id: id)
        return try await client.children(paths.locks).names.map(paths.lock).first { $0.hasPrefix(prefix) }
    }

    private static func waitUntilGone(_ path: String, client: ZooKeeperClient, deadline: ContinuousClock.Instant) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await node in client.watchData(path) where node == nil { return }
            }
            group.addTask { try? await Task.sleep(until: deadline) }
            await group.next()
            group.cancelAll()
        }
    }

    private static func leave(client: ZooKeeperClient, paths: SharedConfigurationPaths, id: String, logger: Logger) async {
        // In a task of its own: the caller's may be cancelled.
        let path = await Task { try? await find(client: client, paths: paths, id: id) }.value
        if let path { await remove(path, client: client, logger: logger) }
    }

    private static func remove(_ path: String, client: ZooKeeperClient, logger: Logger) async {
        // In a task of its own: a node that stays blocks everybody while our session lives.
        await Task {
            for _ in 1...5 {
                do {
                    return try await client.delete(path)
                } catch let error as ZooKeeperError where error.code == .noNode || error.code == .closing {
                    return
                } catch {
                    logger.warning("cannot release the lock", metadata: ["path": "\(path)", "error": "\(error)"])
                    try? await Task.sleep(for: .milliseconds(200))
                }
            }
        }.value
    }
}
