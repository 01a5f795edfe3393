public import Logging
import NIOCore
import NIOPosix
import Synchronization
public import ZooKeeper

/// Leads the plain connections of this process's ZooKeeper clients over TLS.
///
/// For each server there is a port on loopback; a connection to it becomes one to the server. To a client it is as if the
/// server itself were there, but for one thing: a server that cannot be reached accepts the connection and closes it.
///
/// No other process gets through: see `ConnectionOwner`.
public final class ZooKeeperTunnel: ServerRoute {
    private struct State {
        var listeners: [String: any Channel] = [:]
        var failures: [String: String] = [:]
        var isClosed = false
    }

    private let configuration: TunnelConfiguration
    private let certificates: CertificateStore
    private let logger: Logger
    private let state = Mutex(State())

    /// Reads the files.
    /// - Throws: `TunnelError` naming what cannot be used.
    public init(configuration: TunnelConfiguration, logger: Logger = Logger(label: "zookeeper-tunnel")) async throws {
        self.configuration = configuration
        self.logger = logger
        let certificates = CertificateStore(configuration: configuration)
        self.certificates = certificates
        _ = try await NIOThreadPool.singleton.runIfActive { try certificates.context() }
    }

    /// Makes every ZooKeeper client of this process use a tunnel when the environment says so; see
    /// `TunnelConfiguration.init(environment:)`. Call it before the first client is made.
    /// - Returns: the tunnel; nil when connections are plain.
    @discardableResult
    public static func bootstrap(
        environment: [String: String], logger: Logger = Logger(label: "zookeeper-tunnel")
    ) async throws -> ZooKeeperTunnel? {
        guard let configuration = try TunnelConfiguration(environment: environment) else { return nil }
        let tunnel = try await ZooKeeperTunnel(configuration: configuration, logger: logger)
        ServerRouting.standard = tunnel
        return tunnel
    }

    /// The port on loopback that leads to a server; opened at the first call.
    public func address(of server: String) async throws -> String {
        if let known = state.withLock({ $0.listeners[server] }) { return try Self.address(of: known) }
        let exit = try TunnelExit(server: server, port: configuration.port, certificates: certificates)
        let listener = try await listen(exit: exit) { [weak self] outcome in self?.record(outcome, of: server) }
        let winner = state.withLock { state -> (any Channel)? in
            if state.isClosed { return nil }
            if let other = state.listeners[server] { return other }
            state.listeners[server] = listener
            return listener
        }
        if winner !== listener { try? await listener.close() }
        guard let winner else { throw ChannelError.ioOnClosedChannel }
        return try Self.address(of: winner)
    }

    /// Why the last connection to each server that cannot be reached failed, by `host:port`.
    public var failures: [String: String] { state.withLock { $0.failures } }

    /// Lets no new connections in; those that are there go on.
    public func close() async {
        let listeners = state.withLock { state in
            state.isClosed = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { try? await listener.close() }
    }

    private func listen(
        exit: TunnelExit, report: @escaping @Sendable (TunnelOutcome) -> Void
    ) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(EntranceHandler(exit: exit, report: report))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
    }

    private static func address(of listener: any Channel) throws -> String {
        guard let port = listener.localAddress?.port else { throw ChannelError.ioOnClosedChannel }
        return "127.0.0.1:\(port)"
    }

    /// A client tries again and again: what stays the same is told once.
    private func record(_ outcome: TunnelOutcome, of server: String) {
        let failure: String?
        switch outcome {
        case .connected: failure = nil
        case .failed(let reason): failure = reason
        case .refused:
            logger.warning("another process of this host tried to use the tunnel and was refused", metadata: ["server": "\(server)"])
            return
        }
        let before = state.withLock { state in
            defer { state.failures[server] = failure }
            return state.failures[server]
        }
        guard failure != before else { return }
        if let failure {
            logger.warning("a ZooKeeper server cannot be reached over TLS", metadata: ["server": "\(server)", "reason": "\(failure)"])
        } else {
            logger.info("a ZooKeeper server is reached over TLS again", metadata: ["server": "\(server)"])
        }
    }
}
