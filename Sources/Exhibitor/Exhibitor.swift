import AsyncHTTPClient
import EnsembleModel
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import Platform
import ServiceLifecycle
import SharedConfiguration

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
        let directories = configuration.assetDirectories
        let preferencesPath = configuration.preferencesPath
        let timelinePath = configuration.stateDirectory + "/timeline.jsonl"
        let hostname = configuration.hostname
        let (assets, timeline) = try await ServerThread.run {
            try FileAccess.createParent(of: preferencesPath)
            return (UIAssets.load(searching: directories), Timeline(hostname: hostname, path: timelinePath))
        }
        let activityLog = ActivityLog(capacity: configuration.logLines, timeline: timeline, logger: logger)
        if assets.files.isEmpty { activityLog.add(.error, "The web page is not installed (\(assets.explanation))") }
        let switches = await SwitchStore(path: preferencesPath)
        let monitor = ProcessMonitor(
            settings: configuration.settings,
            timing: configuration.timing
                ?? MonitorTiming(checkInterval: .milliseconds(configuration.defaults.checkMs), lines: configuration.settings.extraLines),
            restartsEnabled: await switches.isOn(.restarts), activityLog: activityLog, lifetime: configuration.serverLifetime,
            stopsServerAtEnd: configuration.stopsServerAtEnd)
        let managerTLS = configuration.managerTLS
        let tls = try await ServerThread.run {
            try managerTLS.map { (server: try $0.serverConfiguration(), client: try $0.clientConfiguration()) }
        }
        let client = PeerClient.makeHTTPClient(tls: tls?.client)
        let access = configuration.access
        let peers = PeerClient(
            client: client, port: configuration.port, scheme: tls == nil ? "http" : "https",
            authorization: access.remoteUser.flatMap { access.users?.authorization(of: $0) })
        let inspector = ServerInspector()
        let connection = ZooKeeperConnection { [credentials = configuration.superCredentials?.credentials] in
            let settings = await monitor.settings
            return ZooKeeperConnection.Endpoint(server: "\(settings.probeAddress):\(settings.clientPort)", credentials: credentials)
        }
        let configurations = ConfigurationKeeper(
            store: configuration.store, hostname: hostname, defaults: configuration.defaults,
            archive: ConfigurationArchive(directory: configuration.stateDirectory, logger: logger), activityLog: activityLog)
        let keeper = EnsembleKeeper(
            hostname: hostname, configurations: configurations, monitor: monitor, inspector: inspector, resolver: configuration.resolver,
            fixedTiming: configuration.timing, timing: configuration.ensembleTiming, reports: PeerReports(peers: peers),
            reconfigurer: Reconfigurer(credentials: configuration.superCredentials, logger: logger), activityLog: activityLog
        ) {
            await connection.drop()
        }
        let preflight = Preflight(monitor: monitor, peers: peers, activityLog: activityLog)
        let cluster = Cluster(
            monitor: monitor, switches: switches, activityLog: activityLog, peers: peers, configurations: configurations,
            inspector: inspector, timeline: timeline, warnings: { await preflight.warnings })
        let explorer = Explorer(cluster: cluster, connection: connection, options: configuration.explorer)
        let broadcaster = StatusBroadcaster(cluster: cluster, keeper: keeper, headingText: configuration.headingText)
        let backups = BackupService(
            provider: configuration.backupProvider, switches: switches, activityLog: activityLog,
            makeStorage: configuration.makeBackupStorage,
            changes: { await configurations.changes() },
            settings: { BackupSettings(await configurations.configuration, of: await monitor.settings) })
        let cleanup = Cleanup(configurations: configurations, monitor: monitor, switches: switches, activityLog: activityLog)
        let (endRequests, endRequest) = AsyncStream.makeStream(of: Void.self)
        let admission = AdmissionMiddleware<ExhibitorRequestContext>()
        let router = router(cluster: cluster, admission: admission)
        let end: @Sendable () -> Void = { endRequest.yield() }
        UITabRoutes(activityLog: activityLog, shutdown: configuration.allowsShutdown ? end : nil)
            .add(to: router.group("exhibitor/v1/ui"))
        let metrics = MetricsSources(
            configVersion: { await configurations.adopted.version },
            lastBackup: { backups.state.lastSuccessSeconds.map { Int64($0) } }, requests: admission.requests, streams: admission.streams)
        MetricsRoutes(cluster: cluster, sources: metrics).add(to: router)
        UIRoutes(broadcaster: broadcaster, assets: assets).add(to: router)
        let clusterGroup = router.group("exhibitor/v1/cluster")
        ClusterRoutes(cluster: cluster).add(to: clusterGroup)
        PreflightRoutes(cluster: cluster).add(to: clusterGroup)
        ConfigRoutes(
            cluster: cluster, keeper: keeper, headingText: configuration.headingText,
            allowsModification: configuration.explorer.allowsModification, hasBackupProvider: backups.provider != nil
        ).add(to: router.group("exhibitor/v1/config"))
        BackupRoutes(backups: backups, activityLog: activityLog).add(to: router)
        let explorerGroup = router.group("exhibitor/v1/explorer")
        ExplorerRoutes(explorer: explorer).add(to: explorerGroup)
        ExplorerSurveyRoutes(explorer: explorer).add(to: explorerGroup)
        let http = HTTPServing.http1(idleTimeout: Self.idleTimeout)
        let server = try tls.map { try HTTPServerBuilder.tls(http, tlsConfiguration: $0.server) } ?? http
        let connectionLimit = min(Self.connectionLimit, FileDescriptorLimit.raise() / 2)
        let index = IndexService(
            monitor: monitor, configurations: configurations, archive: BackedUpLogs(backups: backups), activityLog: activityLog)
        IndexRoutes(service: index, explorer: explorer).add(to: router.group("exhibitor/v1/index"))
        let (listening, listener) = AsyncStream.makeStream(of: Int.self)
        let addresses = configuration.listenAddresses
        do {
            try await withThrowingTaskGroup(of: Void.self) { store in
                // The session of a store, if it has one, outlives what uses it.
                store.addTask { try await configuration.store.run() }
                store.addTask { await configurations.begin() }
                await cancelWhenGracefulShutdown { await keeper.waitForConfiguration() }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for address in addresses {
                        let application = HTTPServing.makeApplication(
                            router: router, host: address, port: configuration.port, serverName: "Exhibitor",
                            connectionLimit: connectionLimit, server: server, logger: logger
                        ) { port in listener.yield(port) }
                        group.addTask { try await serve(application, on: address) }
                    }
                    group.addTask {
                        // A port that is taken is most likely another manager's of this host: start nothing beside it.
                        await cancelWhenGracefulShutdown { for await _ in listening.prefix(addresses.count) {} }
                        guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
                        await keeper.prepare()
                        try await withThrowingTaskGroup(of: Void.self) { services in
                            services.addTask { try await monitor.run() }
                            services.addTask { try await keeper.run() }
                            services.addTask { try await broadcaster.run() }
                            services.addTask { await backups.run() }
                            services.addTask { try await cleanup.run() }
                            services.addTask { await index.run() }
                            services.addTask { await preflight.run() }
                            try await services.waitForAll()
                        }
                    }
                    group.addTask { await connection.run() }
                    group.addTask {
                        await cancelWhenGracefulShutdown { for await _ in endRequests.prefix(1) {} }
                        guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
                        // The answer to the request goes first.
                        try await Task.sleep(for: .milliseconds(200))
                        throw EndRequested()
                    }
                    // The first to fail ends the others; after a graceful shutdown all end by themselves.
                    for try await _ in group {}
                }
                store.cancelAll()
            }
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            if error is EndRequested { return }
            throw error
        }
    }

    /// `ui/shutdown` was asked for.
    private struct EndRequested: Error {}

    /// What a client may keep silent in the middle of a request, or between two.
    private static let idleTimeout = Duration.seconds(60)
    /// Those that are served, that wait, that listen to events, and some that do nothing at the moment.
    private static let connectionLimit = 5000

    private func router(
        cluster: Cluster, admission: AdmissionMiddleware<ExhibitorRequestContext>
    ) -> Router<ExhibitorRequestContext> {
        let router = Router(context: ExhibitorRequestContext.self)
        router.add(middleware: ResultErrorMiddleware())
        router.add(middleware: admission)
        router.add(middleware: AccessMiddleware(rules: configuration.access, activityLog: cluster.activityLog))
        // Whoever said who he is may come from everywhere.
        if !configuration.allowsRemoteMutations, configuration.access.users == nil {
            router.add(middleware: MutationGuard(members: MemberAddresses { await cluster.monitor.settings.servers.hostnames }))
        }
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
