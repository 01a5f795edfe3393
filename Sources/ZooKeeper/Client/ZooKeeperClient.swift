public import Logging
import Synchronization

/// A client of one ensemble. It keeps a session open for as long as `run()` runs: it reconnects to any server of the list,
/// and after an expiry opens a new session by itself. What belonged to the old session (ephemerals, leadership) is gone
/// then; the recipes of this module know that and start over.
///
/// Operations wait for a connection for at most `operationTimeout`. Reads are repeated after a lost connection; writes are
/// not, because their outcome is unknown then: they throw an error whose `isOutcomeUnknown` is true.
public final class ZooKeeperClient: Sendable {
    struct State {
        var session: SessionState = .connecting
        var handle: SessionHandle?
        /// Callers that wait for a connection.
        var waiters: [UInt64: CheckedContinuation<SessionHandle, any Error>] = [:]
        var observers: [UInt64: AsyncStream<SessionState>.Continuation] = [:]
        var nextID: UInt64 = 0
        var servers: [String]
        /// The server behind each address a route gave us.
        var routed: [String: String] = [:]
        var isClosed = false
        /// Resumed when the current handle is to be replaced.
        var ended: CheckedContinuation<Void, Never>?
        var hasEnded = false
    }

    let state: Mutex<State>
    public let sessionTimeout: Duration
    public let operationTimeout: Duration
    let credentials: ConnectString.Credentials?
    let route: (any ServerRoute)?
    let logger: Logger

    /// - Parameters:
    ///   - servers: `host:port` each.
    ///   - sessionTimeout: as requested; the server may grant another (see `SessionState.connected`).
    ///   - operationTimeout: how long an operation waits for a connection.
    ///   - route: how the servers are reached; nil: by a plain connection.
    public init(
        servers: [String], sessionTimeout: Duration = .seconds(10), operationTimeout: Duration = .seconds(10),
        credentials: ConnectString.Credentials? = nil, route: (any ServerRoute)? = ServerRouting.standard,
        logger: Logger = Logger(label: "zookeeper")
    ) {
        state = Mutex(State(servers: servers))
        self.sessionTimeout = sessionTimeout
        self.operationTimeout = operationTimeout
        self.credentials = credentials
        self.route = route
        self.logger = logger
    }

    // MARK: Life

    /// Keeps a session open until the task is cancelled or `close()` is called; then ends it (its ephemerals vanish at once).
    public func run() async throws {
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.keepLease() }
                await self.keepSession()
                group.cancelAll()
            }
        } onCancel: {
            close()
        }
    }

    /// Makes `run()` end the session and return. Every operation after it fails with `.closing`.
    public func close() {
        let (waiters, ended) = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            defer { state.ended = nil }
            return (state.waiters, state.ended)
        }
        for waiter in waiters.values { waiter.resume(throwing: ZooKeeperError(.closing)) }
        ended?.resume()
    }

    private func keepSession() async {
        var failures = 0
        while !state.withLock({ $0.isClosed }) {
            let handle = SessionHandle { [weak self] event in self?.receive(event) }
            let servers = state.withLock { state in
                state.handle = handle
                state.hasEnded = false
                return state.servers
            }
            do {
                try await handle.open(servers: try await addresses(of: servers), sessionTimeout: sessionTimeout, credentials: credentials)
                failures = 0
                await sessionEnd()
            } catch {
                failures += 1
                logger.warning("cannot open a session", metadata: ["servers": "\(servers)", "error": "\(error)"])
                try? await Task.sleep(for: .milliseconds(min(5000, 100 << min(failures, 6))))
            }
            state.withLock { if $0.handle === handle { $0.handle = nil } }
            await handle.close()
        }
        publish(.closed)
        let observers = state.withLock { state in
            defer { state.observers = [:] }
            return state.observers.values
        }
        for observer in observers { observer.finish() }
    }

    private func sessionEnd() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isClosed || state.hasEnded { return true }
                state.ended = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func receive(_ event: SessionHandle.Event) {
        switch event {
        case .connected(let id, let timeout):
            logger.debug("connected", metadata: ["session": "0x\(String(id, radix: 16))", "timeout": "\(timeout)"])
            publish(.connected(id: id, timeout: timeout))
        case .suspended:
            logger.debug("connection lost")
            publish(.suspended)
        case .expired, .authFailed:
            logger.warning("session is over", metadata: ["event": "\(event)"])
            publish(.expired)
            let (handle, ended) = state.withLock { state in
                state.hasEnded = true
                defer { state.ended = nil }
                return (state.handle, state.ended)
            }
            handle?.abandonWatches()
            ended?.resume()
        }
    }

    private func publish(_ session: SessionState) {
        state.withLock { state in
            guard state.session != session, state.session != .closed else { return }
            state.session = session
            // Yielding under the lock keeps the order of states the same for everybody.
            for observer in state.observers.values { observer.yield(session) }
            if session.isConnected, let handle = state.handle {
                for waiter in state.waiters.values { waiter.resume(returning: handle) }
                state.waiters = [:]
            }
        }
    }

    // MARK: State

    public var sessionState: SessionState { state.withLock { $0.session } }

    /// The states from now on, the current one first.
    public func states() -> AsyncStream<SessionState> {
        AsyncStream { continuation in
            let id = state.withLock { state -> UInt64? in
                continuation.yield(state.session)
                guard state.session != .closed else { return nil }
                state.nextID += 1
                state.observers[state.nextID] = continuation
                return state.nextID
            }
            guard let id else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.observers.removeValue(forKey: id) }
            }
        }
    }

    /// The id of the current session; nil while there is none or it is unsure.
    public var sessionID: Int64? {
        if case .connected(let id, _) = sessionState { id } else { nil }
    }

    /// - Throws: `ZooKeeperError.notConnected` when there is no connection in time.
    public func waitUntilConnected(timeout: Duration) async throws {
        _ = try await connectedHandle(timeout: timeout)
    }

    /// `host:port` of the server it talks to.
    public var currentServer: String? {
        let (handle, routed) = state.withLock { ($0.handle, $0.routed) }
        return handle?.currentServer.map { routed[$0] ?? $0 }
    }

    /// `host:port` of each server of the list.
    public var servers: [String] { state.withLock { $0.servers } }

    /// The servers to connect to from now on; moves to another server if the current one is not among them.
    public func setServers(_ servers: [String]) async throws {
        let addresses = try await addresses(of: servers)
        let handle = state.withLock { state in
            state.servers = servers
            return state.handle
        }
        try handle?.setServers(addresses)
    }

    private func addresses(of servers: [String]) async throws -> [String] {
        guard let route else { return servers }
        var addresses: [String] = []
        for server in servers {
            let address = try await route.address(of: server)
            state.withLock { $0.routed[address] = server }
            addresses.append(address)
        }
        return addresses
    }

    /// Bytes of watched paths of the current session (contracts/exhibitor.md §14.1: keep it below 512 KiB).
    public var watchedBytes: Int { state.withLock { $0.handle }?.watchedBytes ?? 0 }

    // MARK: Lease

    /// Whether the ensemble's leader is sure to keep this session for some time yet, by our own monotonic clock.
    ///
    /// The server's countdown runs from when the leader last heard of the session: at least one heartbeat (a fifth of the
    /// timeout) before our last confirmed call. So two thirds of the timeout after that call nothing can have expired.
    public var hasLease: Bool {
        let (session, handle) = state.withLock { ($0.session, $0.handle) }
        guard case .connected(_, let timeout) = session, let confirmed = handle?.lastConfirmed else { return false }
        return ContinuousClock.now - confirmed < timeout * 2 / 3
    }

    private func keepLease() async {
        while !Task.isCancelled {
            let session = sessionState
            guard case .connected(_, let timeout) = session, let handle = state.withLock({ $0.handle }) else {
                try? await Task.sleep(for: .milliseconds(50))
                continue
            }
            do {
                // A sync is answered by the leader and costs no disk write.
                try await handle.sync("/")
            } catch let error as ZooKeeperError where error.code == .sessionExpired {
                // Told on a connection that outlived its session: the library itself would go on using it.
                if state.withLock({ $0.handle === handle }) { receive(.expired) }
                continue
            } catch {
                // A lost connection is told as an event.
            }
            try? await Task.sleep(for: timeout / 5)
        }
    }

    // MARK: Waiting for a connection

    func connectedHandle(timeout: Duration? = nil) async throws -> SessionHandle {
        enum Now { case ready(SessionHandle), closed, wait }
        let now: Now = state.withLock { state in
            if state.isClosed { return .closed }
            if state.session.isConnected, let handle = state.handle { return .ready(handle) }
            return .wait
        }
        switch now {
        case .ready(let handle): return handle
        case .closed: throw ZooKeeperError(.closing)
        case .wait: return try await waitForConnection(timeout: timeout ?? operationTimeout)
        }
    }

    private func waitForConnection(timeout: Duration) async throws -> SessionHandle {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withThrowingTaskGroup(of: SessionHandle?.self) { group in
            group.addTask { try await self.wait(as: id) }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let handle = first else { throw ZooKeeperError(.notConnected) }
            return handle
        }
    }

    private func wait(as id: UInt64) async throws -> SessionHandle {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<SessionHandle, any Error>? in
                    if state.isClosed { return .failure(ZooKeeperError(.closing)) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.session.isConnected, let handle = state.handle { return .success(handle) }
                    state.waiters[id] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }
}
