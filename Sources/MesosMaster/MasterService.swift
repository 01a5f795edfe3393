import ClusterState
internal import FoundationEssentials
import Hummingbird
public import Logging
import Platform
import ResourceModel
public import ServiceLifecycle
import ZooKeeper

/// A Mesos master: stands for election, and leads or redirects to the leader, until it is shut down.
///
/// On graceful shutdown it resigns first, so that the next master leads at once.
public struct MasterService: Service {
    private let configuration: Configuration
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// - onRunning: called with the bound port.
    public init(configuration: Configuration, logger: Logger, onRunning: @escaping @Sendable (Int) async -> Void = { _ in }) {
        self.configuration = configuration
        self.logger = logger
        self.onRunning = onRunning
    }

    public enum Failure: Error, CustomStringConvertible {
        case invalidAddress(String)
        case invalidPath(String)
        public var description: String {
            switch self {
            case .invalidAddress(let ip): "--ip=\(ip) is not an IPv4 address"
            case .invalidPath(let zk): "--zk=\(zk) names no path; expected e.g. zk://127.0.0.1:2181/mesos"
            }
        }
    }

    public func run() async throws {
        let connect = try ConnectString(configuration.zk)
        guard !connect.path.isEmpty else { throw Failure.invalidPath(configuration.zk) }
        guard
            let info = MasterInfo(
                id: UUID().uuidString.lowercased(), ip: configuration.ip, port: configuration.port, hostname: configuration.hostname,
                version: BuildInfo.version)
        else { throw Failure.invalidAddress(configuration.ip) }
        let timeout = Duration.milliseconds(Int(configuration.zkSessionTimeout * 1000))
        let client = ZooKeeperClient(servers: connect.hosts, sessionTimeout: timeout, credentials: connect.credentials, logger: logger)
        let writer = GroupCommitWriter(client: client, markers: MesosStatePaths.commits, name: "master-\(info.hostname)-\(info.port)")
        let mirror = SubtreeMirror(client: client, roots: MesosStatePaths.mirrorRoots, isLeaf: MesosStatePaths.isLeaf)
        let store = KernelStore(client: client, writer: writer, logger: logger)
        let master = Master(configuration: configuration, info: info, store: store, logger: logger)
        let payload = try ClusterJSON.encode(info)
        let election = LeaderElection(
            client: client, candidates: connect.path, prefix: MasterElectionPaths.candidacyPrefix, payload: payload, usesGUID: false,
            fencePath: MesosStatePaths.leader,
            fencePayload: { epoch in
                // A struct of texts and a number always encodes.
                (try? ClusterJSON.encode(LeaderRecord(master_id: info.id, pid: info.pid, epoch: epoch))) ?? Data()
            })
        let responder = MasterResponder(master: master, documents: DocumentCache(master: master))
        let server = Application(
            responder: responder,
            configuration: ApplicationConfiguration(address: .hostname(configuration.ip, port: configuration.port), backlog: 1024),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) }, logger: quiet(logger))
        let logger = logger
        // Shut down from the last to the first: resign, close the streams, stop serving, then leave ZooKeeper.
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    Part { try await client.run() } as any Service,
                    Part { try await Self.createSkeleton(client) },
                    Part { try await writer.run() },
                    Part { try await mirror.run() },
                    Part { await store.run { await master.stored($0, $1) } },
                    Part { for await end in master.streamEnds { await master.ended(end) } },
                    Part { for await batch in mirror.batches() { await master.mirror(KernelBatch(batch, logger: logger)) } },
                    Part { await Self.watchConnection(client, master) },
                    Part { try await Self.tick(master) },
                    server,
                    ElectionPart(election: election, master: master),
                ].map { .init(service: $0, successTerminationBehavior: .ignore) }, logger: quiet(logger)))
        try await group.run()
    }

    /// Reports of single requests are not news for the log of a master.
    private func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }

    private static func createSkeleton(_ client: ZooKeeperClient) async throws {
        while !Task.isCancelled {
            do {
                return try await client.createAll(MesosStatePaths.skeleton)
            } catch let error as ZooKeeperError where error.isConnectionProblem {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Timers need no better grain than this; a deadline that passed is acted on at the next tick.
    private static func tick(_ master: Master) async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(200))
            await master.tick()
        }
    }

    private static func watchConnection(_ client: ZooKeeperClient, _ master: Master) async {
        var wasLost = false
        for await state in client.states() {
            if state.isConnected, wasLost { await master.zooKeeperReconnected() }
            wasLost = !state.isConnected
        }
    }

}

/// The candidacy and what it tells.
private struct ElectionPart: Service {
    let election: LeaderElection
    let master: Master

    func run() async throws {
        let (election, master) = (election, master)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Told to the end, which is when the election has withdrawn, so that `.deposed` closes all streams.
            group.addTask { for await event in election.events() { await master.election(event) } }
            group.addTask { try await cancelWhenGracefulShutdown { try await election.run() } }
            try await group.waitForAll()
        }
    }
}

/// A part of the master that lives until its task is cancelled, as a service.
private struct Part: Service {
    let body: @Sendable () async throws -> Void

    init(_ body: @escaping @Sendable () async throws -> Void) { self.body = body }

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown(body)
        } catch is CancellationError {
            // The orderly end.
        }
    }
}
