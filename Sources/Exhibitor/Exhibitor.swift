import AsyncHTTPClient
import Hummingbird
import Logging
import NIOCore
import Platform
import ServiceLifecycle

/// The ensemble manager of one host: supervises its ZooKeeper server and answers for the ensemble over HTTP.
public struct Exhibitor: Service {
    private let configuration: ExhibitorConfiguration
    private let logger: Logger

    public init(configuration: ExhibitorConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Returns after a graceful shutdown.
    /// - Throws: `ConfigurationError.cannotListen` when the HTTP port is taken.
    public func run() async throws {
        let activityLog = ActivityLog(capacity: configuration.logLines, logger: logger)
        let directories = configuration.assetDirectories
        let preferencesPath = configuration.preferencesPath
        let assets = try await ServerThread.run {
            try FileAccess.createParent(of: preferencesPath)
            return UIAssets.load(searching: directories)
        }
        if assets.files.isEmpty { activityLog.add(.error, "The web page is not installed (\(assets.explanation))") }
        let switches = await SwitchStore(path: preferencesPath)
        let monitor = ProcessMonitor(
            settings: configuration.settings, timing: configuration.timing, restartsEnabled: await switches.isOn(.restarts),
            activityLog: activityLog, lifetime: configuration.serverLifetime, stopsServerAtEnd: configuration.stopsServerAtEnd)
        let client = PeerClient.makeHTTPClient()
        let cluster = Cluster(
            monitor: monitor, switches: switches, activityLog: activityLog,
            peers: PeerClient(client: client, port: configuration.port))
        let connection = ZooKeeperConnection { [credentials = configuration.superCredentials?.credentials] in
            let settings = await monitor.settings
            return ZooKeeperConnection.Endpoint(server: "\(settings.probeAddress):\(settings.clientPort)", credentials: credentials)
        }
        let explorer = Explorer(cluster: cluster, connection: connection, options: configuration.explorer)
        let router = Self.router(cluster: cluster, explorer: explorer, assets: assets, headingText: configuration.headingText)
        let (listening, listener) = AsyncStream.makeStream(of: Int.self)
        let addresses = configuration.listenAddresses
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for address in addresses {
                    let application = HTTPServing.makeApplication(
                        router: router, host: address, port: configuration.port, serverName: "Exhibitor", logger: logger
                    ) { port in listener.yield(port) }
                    group.addTask { try await serve(application, on: address) }
                }
                group.addTask {
                    // A port that is taken is most likely another manager's of this host: start nothing beside it.
                    await cancelWhenGracefulShutdown { for await _ in listening.prefix(addresses.count) {} }
                    guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
                    try await monitor.run()
                }
                group.addTask { await connection.run() }
                // The first to fail ends the others; after a graceful shutdown all end by themselves.
                for try await _ in group {}
            }
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    static func router(
        cluster: Cluster, explorer: Explorer, assets: UIAssets, headingText: String?
    ) -> Router<ExhibitorRequestContext> {
        let router = Router(context: ExhibitorRequestContext.self)
        router.add(middleware: ResultErrorMiddleware())
        UIRoutes(cluster: cluster, assets: assets, headingText: headingText).add(to: router)
        ClusterRoutes(cluster: cluster).add(to: router.group("exhibitor/v1/cluster"))
        let explorerGroup = router.group("exhibitor/v1/explorer")
        ExplorerRoutes(explorer: explorer).add(to: explorerGroup)
        ExplorerSurveyRoutes(explorer: explorer).add(to: explorerGroup)
        return router
    }

    private func serve(_ application: some ApplicationProtocol, on address: String) async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw ConfigurationError.cannotListen(
                host: address, port: configuration.port, reason: SystemError(code: error.errnoCode).description)
        }
    }
}
