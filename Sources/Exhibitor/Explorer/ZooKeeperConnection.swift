import Logging
import ServiceLifecycle
import Synchronization
import ZooKeeper

/// The Explorer's session with our own server: opened when it is needed, closed when nobody used it for a while.
///
/// Whoever uses it keeps it open. It is opened anew when the server's address or the credentials have changed, and after
/// `drop()`; those who use the old session then see `ZooKeeperError.closing`.
actor ZooKeeperConnection: Service {
    struct Endpoint: Sendable, Hashable {
        /// `host:port`.
        var server: String
        /// Super credentials, with which access control lists do not hold; nil: like everybody.
        var credentials: ConnectString.Credentials?
    }

    /// One session, and what is kept of what was read in it: it is worth nothing in another.
    final class Session: Sendable {
        fileprivate let endpoint: Endpoint
        let client: ZooKeeperClient
        let childNames = Mutex(ChildNameCache())

        fileprivate init(endpoint: Endpoint) {
            self.endpoint = endpoint
            client = ZooKeeperClient(
                servers: [endpoint.server], operationTimeout: ZooKeeperConnection.patience, credentials: endpoint.credentials,
                logger: Logger(label: "explorer.zookeeper"))
        }
    }

    /// How long a request waits for a connection.
    private static let patience = Duration.seconds(5)

    private let idleLimit: Duration
    private let endpoint: @Sendable () async -> Endpoint
    private let sessions: AsyncStream<Session>
    private let newSessions: AsyncStream<Session>.Continuation
    private var current: Session?
    private var users = 0
    private var idleSince = ContinuousClock.now

    /// - endpoint: asked at every use.
    init(idleLimit: Duration = .seconds(60), endpoint: @escaping @Sendable () async -> Endpoint) {
        self.idleLimit = idleLimit
        self.endpoint = endpoint
        (sessions, newSessions) = AsyncStream.makeStream(of: Session.self)
    }

    /// Keeps the sessions that `withClient` opens, until the task is cancelled or the service group shuts down.
    func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await session in self.sessions { group.addTask { await self.keep(session) } }
                group.cancelAll()
            }
        }
        drop()
    }

    /// - body: gets a client which may still be connecting.
    nonisolated func withClient<Result: Sendable>(
        _ body: (ZooKeeperClient) async throws -> Result
    ) async throws -> Result {
        try await withSession { try await body($0.client) }
    }

    nonisolated func withSession<Result: Sendable>(
        _ body: (Session) async throws -> Result
    ) async throws -> Result {
        let session = await acquire()
        do {
            let result = try await body(session)
            await release(session)
            return result
        } catch {
            await release(session)
            throw error
        }
    }

    /// Ends the session; the next use opens another.
    func drop() {
        current?.client.close()
        current = nil
        users = 0
    }

    var isOpen: Bool { current != nil }

    private func acquire() async -> Session {
        let endpoint = await endpoint()
        if let current, current.endpoint != endpoint { drop() }
        users += 1
        if let current { return current }
        let session = Session(endpoint: endpoint)
        current = session
        newSessions.yield(session)
        return session
    }

    private func release(_ session: Session) {
        guard session === current else { return }
        users -= 1
        idleSince = .now
    }

    private func keep(_ session: Session) async {
        await withDiscardingTaskGroup { group in
            group.addTask { try? await session.client.run() }
            await waitUntilIdle(session)
            if session === current { drop() }
            session.client.close()
        }
    }

    /// Returns when nobody used the session for long, or when it is no longer the current one.
    private func waitUntilIdle(_ session: Session) async {
        while session === current, !Task.isCancelled {
            let rest = users > 0 ? idleLimit : idleLimit - (ContinuousClock.now - idleSince)
            guard rest > .zero else { return }
            do { try await Task.sleep(for: rest) } catch { return }
        }
    }
}
