import AppModel
import AsyncHTTPClient
import ClusterState
import FoundationEssentials
import Hummingbird
import Logging
import NIOCore
import NIOSSL
import Platform
import SchedulerClient
import ServiceLifecycle
import ZooKeeper

/// One Marathon process: it answers HTTP, stands for election, and leads while it is elected.
public struct Replica: Service {
    private let configuration: Configuration
    private let paths: MarathonPaths
    private let logger: Logger

    public init(configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.paths = MarathonPaths(root: configuration.zooKeeperPath)
        self.logger = logger
    }

    /// Runs until the surrounding service group shuts down. Throws when the HTTP port is taken.
    public func run() async throws {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.relayClient(configuration))
        let checks = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.checkClient())
        let outcome: Result<Void, any Error>
        do {
            try await cancelWhenGracefulShutdown { try await self.run(http: http, checks: checks) }
            outcome = .success(())
        } catch {
            outcome = error is CancellationError ? .success(()) : .failure(error)
        }
        try? await http.shutdown()
        try? await checks.shutdown()
        try outcome.get()
    }

    private func run(http: HTTPClient, checks: HTTPClient) async throws {
        let client = ZooKeeperClient(
            servers: configuration.zooKeeperServers, sessionTimeout: configuration.sessionTimeout,
            operationTimeout: configuration.operationTimeout,
            credentials: configuration.zooKeeperCredentials.map { .init(user: $0.user, password: $0.password) }, logger: logger)
        let masterClient: ZooKeeperClient? =
            if case .zooKeeper(let servers, _) = configuration.master, Set(servers) != Set(configuration.zooKeeperServers) {
                ZooKeeperClient(servers: servers, sessionTimeout: configuration.sessionTimeout, logger: logger)
            } else { nil }
        let address = configuration.advertisedAddress
        let election = LeaderElection(
            client: client, candidates: paths.election, prefix: "latch-", payload: Data(address.utf8), usesGUID: true,
            fencePath: paths.epoch,
            fencePayload: { epoch in (try? ClusterJSON.encode(MarathonEpochRecord(epoch: epoch, leader: address))) ?? Data() })
        let commits = GroupCommitWriter(client: client, markers: paths.commits, name: address)
        let standing = StandingBox()
        let takeOver = TakeOver(
            configuration: configuration, paths: paths, client: client, masterClient: masterClient ?? client, commits: commits,
            http: http, checks: checks, abdicate: { election.resign() }, logger: logger)
        let proxy = LeaderProxy(
            http: http, ownAddress: address, readTimeout: configuration.leaderProxyReadTimeout,
            isLeader: { leader in
                if case .following(let current) = standing.current { current == leader } else { false }
            }, logger: logger)
        let application = HTTPServing.makeApplication(
            router: MarathonResponder(standing: standing, proxy: proxy, configuration: configuration, logger: logger),
            host: configuration.httpAddress, port: configuration.httpPort, logger: logger)

        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            if let masterClient { group.addTask { try await masterClient.run() } }
            group.addTask { try await commits.run() }
            group.addTask { try await election.run() }
            group.addTask { try await application.run() }
            group.addTask {
                await Leadership(election: election, takeOver: takeOver, standing: standing, client: client, paths: paths, logger: logger)
                    .run(ownAddress: address)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func relayClient(_ configuration: Configuration) -> HTTPClient.Configuration {
        var result = HTTPClient.Configuration()
        result.redirectConfiguration = .disallow
        result.timeout.connect = TimeAmount(configuration.leaderProxyConnectionTimeout)
        // Acknowledgements and relayed requests of many clients go side by side.
        result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        result.httpVersion = .http1Only
        // A leader that is gone should be told at once, not after the connect timeout.
        result.connectionPool.retryConnectionEstablishment = false
        return result
    }

    private static func checkClient() -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var result = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        result.httpVersion = .http1Only
        result.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        result.connectionPool.retryConnectionEstablishment = false
        return result
    }
}
