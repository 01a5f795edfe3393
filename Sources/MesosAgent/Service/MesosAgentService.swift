import AsyncHTTPClient
import ClusterState
import FoundationEssentials
import Glibc
import Hummingbird
public import Logging
import NIOPosix
import Platform
import ResourceModel
import SchedulerClient
public import ServiceLifecycle
import ZooKeeper

/// A Mesos agent: registers with the leading master, runs command tasks, keeps their records in ZooKeeper.
///
/// Its tasks do not need it: when it ends, in whatever way, they go on, and the next agent on the same work directory takes
/// them over.
public struct MesosAgentService: Service {
    public enum Failure: Error, CustomStringConvertible {
        /// - difference: between the checkpointed agent and the flags, in words.
        case incompatibleAgentInfo(difference: String, file: String)
        case noMaster(String)

        public var description: String {
            switch self {
            case .incompatibleAgentInfo(let difference, let file):
                "Incompatible agent info detected: \(difference) (\(file)); give the old value, "
                    + "or remove the link 'latest' above that directory to start as a new agent"
            case .noMaster(let text): "'\(text)' names no master; expected zk://host:port,.../mesos or file:///path of a file that holds it"
            }
        }
    }

    private let configuration: AgentConfiguration
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// - onListening: called with the HTTP port once it is bound.
    public init(configuration: AgentConfiguration, logger: Logger, onListening: @escaping @Sendable (Int) async -> Void = { _ in }) {
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    public func run() async throws {
        let io = BlockingIO()
        let diskIO = BlockingIO(threads: 1)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.clientConfiguration)
        func stop() async {
            try? await http.shutdown()
            await io.stop()
            await diskIO.stop()
        }
        do {
            try await run(io, diskIO, http)
            await stop()
        } catch {
            await stop()
            throw error
        }
    }

    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(5)
        configuration.httpVersion = .http1Only
        return configuration
    }

    /// - diskIO: for measuring sandboxes.
    private func run(_ io: BlockingIO, _ diskIO: BlockingIO, _ http: HTTPClient) async throws {
        let start = try await io.run { [configuration] in try AgentStart(configuration) }
        defer { close(start.lock) }
        if let cgroups = start.cgroups {
            logger.info("Tasks run in cgroups", metadata: ["hierarchy": "\(cgroups.hierarchy)", "root": "\(cgroups.root)"])
        } else {
            logger.info("Tasks run without cgroups: limits are not enforced", metadata: ["isolation": "\(configuration.isolation)"])
        }
        let inert = configuration.isolation.filter(AgentConfiguration.inertIsolators.contains)
        if !inert.isEmpty { logger.warning("Some isolators do nothing in this agent", metadata: ["isolation": "\(inert)"]) }
        let connection = try masterConnection()
        let client = ZooKeeperClient(
            servers: connection.hosts, sessionTimeout: configuration.zkSessionTimeout,
            credentials: connection.credentials, logger: logger)

        let store = start.store
        let identity = LatestValue<AgentID?>(nil)
        let port = LatestValue<Int?>(nil)
        let epoch = LatestValue<Int64>(start.epoch)
        let publisher = TaskPublisher(client: client, logger: logger)
        let updates = UpdateLog(store: store, io: io, logger: logger)
        let outbox = Outbox()
        let collector = SandboxCollector(
            store: store, io: io, delay: configuration.gcDelay, headroom: configuration.gcDiskHeadroom,
            interval: configuration.diskWatchInterval, logger: logger, agent: { identity.current.value })
        let shim = ShimProcess(executable: configuration.taskShim)
        let oneShot = OneShot(shim: shim, io: io)
        let disks =
            configuration.isolation.contains("disk/du")
            ? DiskWatch(
                interval: configuration.containerDiskWatchInterval, enforces: configuration.enforcesContainerDiskQuota, io: diskIO)
            : nil
        let launcher = TaskLauncher(
            store: store, io: io, shim: shim,
            fetcher: Fetcher(
                oneShot: oneShot, io: io, http: http, frameworksHome: configuration.frameworksHome,
                cache: FetchCache(directory: configuration.fetcherCacheDirectory, capacity: configuration.fetcherCacheSize, io: io),
                agent: { identity.current.value }),
            checker: HealthChecker(oneShot: oneShot, http: http, ip: configuration.ip),
            limits: TaskLimits(disks: disks, io: io),
            environment: TaskEnvironment(
                base: configuration.executorEnvironmentVariables, ip: configuration.ip, port: configuration.port,
                shutdownGracePeriod: configuration.executorShutdownGracePeriod.description,
                recoveryTimeout: configuration.recoveryTimeout.description),
            port: port, cgroups: start.cgroups, switchesUser: configuration.switchUser)

        // Supervision tells the agent, which commands it: a box breaks the circle.
        let listener = EventListener()
        let supervision = TaskSupervision(launcher: launcher, logger: logger) { key, event in await listener.tell(key, event) }
        let executors = TaskSupervision(launcher: launcher, logger: logger) { key, event in
            await listener.tell(ExecutorKey(process: key), event)
        }
        let endedStreams = Mailbox<Agent.EndedStream>()
        let limits = ExecutorMachine.Limits(
            registration: configuration.executorRegistrationTimeout, reregistration: configuration.executorReregistrationTimeout,
            shutdownGracePeriod: configuration.executorShutdownGracePeriod)
        let (checkpointedResources, foundExecutors) = try await io.run {
            (try ResourceStore(paths: store.paths).load(), start.agentID.map { store.findExecutors($0) } ?? [])
        }
        let agent = Agent(
            core: AgentCore(
                agentID: start.agentID, ip: configuration.ip, epoch: start.epoch, limits: limits,
                checkpointedResources: checkpointedResources),
            hands: Agent.Hands(
                store: store, io: io, supervision: supervision, executors: executors, endedStreams: endedStreams, updates: updates,
                publisher: publisher, outbox: outbox,
                collector: collector, identity: identity, epoch: epoch, port: port),
            info: start.info, version: configuration.version, incarnation: Int(start.incarnation), logger: logger)
        listener.set(agent)
        await agent.recover(start.found, executors: foundExecutors, problems: start.problems, isRebooted: start.isRebooted)

        try await destroyOrphans(start, foundExecutors, io)

        let link = MasterLink(
            agent: agent, http: http, outbox: outbox, identity: identity, port: port, backoff: configuration.registrationBackoffFactor,
            logger: logger)
        let source = MasterDetector(
            client: client, path: connection.path.isEmpty ? MasterElectionPaths.root : connection.path, logger: logger)
        let registration = LiveRegistration(
            client: client, hostname: configuration.hostname, ip: configuration.ip, bootID: start.bootID,
            incarnation: Int(start.incarnation), version: configuration.version)

        let services: [any Service] = [
            Loop { try? await client.run() },
            Loop { await publisher.run { await agent.found($0) } },
            Loop { await updates.run { await agent.persisted($0, $1) } },
            Loop { await supervision.run() },
            Loop { await executors.run() },
            Loop {
                while let ended = await endedStreams.take() {
                    for stream in ended { await agent.ended(stream) }
                }
            },
            Loop { await collector.run { await agent.collected($0) } },
            Loop { await identity.forEach { id in await registration.keep(id, port: port) } },
            Loop {
                await epoch.forEach { value in
                    guard value > start.epoch else { return }
                    try? await io.run { try store.write("\(value)", to: store.paths.epoch) }
                }
            },
            Loop {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(500))
                    await agent.tick()
                }
            },
            HTTPServing.makeApplication(
                router: AgentResponderBuilder(
                    responder: AgentResponder(
                        agent: agent, configuration: configuration, start: start, collector: collector, io: io, disks: disks)),
                host: configuration.ip, port: configuration.port, logger: logger
            ) { [onListening] bound in
                port.set(bound)
                await onListening(bound)
            },
            Loop { await link.run(source) },
            // Services end in reverse order.
            Loop {
                try? await gracefulShutdown()
                await agent.stop()
            },
        ]
        try await ServiceGroup(configuration: .init(services: services, logger: logger)).run()
    }

    /// Before anything is launched anew.
    private func destroyOrphans(_ start: AgentStart, _ executors: [TaskStore.FoundExecutor], _ io: BlockingIO) async throws {
        guard let cgroups = start.cgroups else { return }
        let known = Set(
            start.found.filter { !$0.isComplete }.map(\.run.container) + executors.filter { !$0.isComplete }.map(\.run.container))
        let orphans = OrphanCgroups(cgroups: cgroups, work: configuration.workDirectory)
        for container in try await io.run({ orphans.find(except: known) }) {
            let isGone = try await io.run { orphans.destroy(container) }
            logger.warning("A container that nobody knows is destroyed", metadata: ["container": "\(container)", "gone": "\(isGone)"])
        }
    }

    private func masterConnection() throws -> ConnectString {
        var text = configuration.master
        if text.hasPrefix("file://") {
            guard let contents = FileText.read(String(text.dropFirst("file://".count)), limit: 65536) else { throw Failure.noMaster(text) }
            text = String(contents.prefix { !$0.isWhitespace })
        }
        guard text.hasPrefix("zk://") else { throw Failure.noMaster(text) }
        return try ConnectString(text)
    }
}

/// A loop that ends when it is cancelled, as a service.
struct Loop: Service {
    let body: @Sendable () async -> Void
    init(_ body: @escaping @Sendable () async -> Void) { self.body = body }

    func run() async throws {
        await cancelWhenGracefulShutdown { await body() }
    }
}
