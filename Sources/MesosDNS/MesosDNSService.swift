import ClusterState
import DNSWire
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import ZooKeeper

/// The records server: zone `mesos` and its HTTP API, from watches on ZooKeeper (contracts/dns-networking.md §3).
///
/// Nothing listens until the cluster's state has been read once. After that it answers from the last state it knew, however
/// long ZooKeeper is away.
public struct MesosDNSService: Service, CustomStringConvertible {
    /// Ports in use, once it serves; 0 for what is off.
    public struct Listening: Sendable, Hashable {
        public var dns: Int
        public var http: Int
    }

    private let configuration: MesosDNSConfiguration
    private let logger: Logger
    private let onServing: @Sendable (Listening) async -> Void

    /// For logs: without the configuration, which has secrets.
    public var description: String { "mesos-dns" }

    /// - Throws: `MesosDNSConfiguration.Invalid`.
    public init(
        configuration: MesosDNSConfiguration, logger: Logger = Logger(label: "mesos-dns"),
        onServing: @escaping @Sendable (Listening) async -> Void = { _ in }
    ) throws {
        self.configuration = try configuration.validated()
        self.logger = logger
        self.onServing = onServing
    }

    public func run() async throws {
        try await cancelWhenGracefulShutdown { try await serve() }
    }

    private func serve() async throws {
        let ensemble = try ConnectString(configuration.zk)
        let election = ensemble.path.isEmpty ? MasterElectionPaths.root : ensemble.path
        let settings = try configuration.zoneSettings(nameServers: try nameServers())
        guard let builder = ZoneBuilder(settings: settings, serial: UInt32(truncatingIfNeeded: time(nil))) else {
            throw MesosDNSConfiguration.Invalid(key: "domain", reason: "'\(settings.domain)' is not a domain name")
        }
        let keeper = ZoneKeeper(
            reader: FactReader(election: election, sources: configuration.ipSources), builder: builder, logger: logger)
        let client = ZooKeeperClient(
            servers: ensemble.hosts, sessionTimeout: configuration.sessionTimeout, credentials: ensemble.credentials, logger: logger)
        let masters = SubtreeMirror(client: client, roots: [election], isLeaf: { $0 != election })
        let state = SubtreeMirror(
            client: client,
            roots: [MesosStatePaths.agents, MesosStatePaths.live, MesosStatePaths.frameworks, MesosStatePaths.tasks],
            isLeaf: { MesosStatePaths.node(at: $0) != nil })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            group.addTask { try await masters.run() }
            group.addTask { try await state.run() }
            group.addTask { for await batch in masters.batches() { await keeper.apply(batch, from: .election) } }
            group.addTask { for await batch in state.batches() { await keeper.apply(batch, from: .state) } }
            group.addTask { try await keeper.removeDeparted() }
            group.addTask {
                await keeper.waitUntilLoaded()
                try Task.checkCancellation()
                try await listen(keeper)
            }
            // The first part that ends ends all: by itself none does.
            do {
                try await group.next()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    private func listen(_ keeper: ZoneKeeper) async throws {
        let forwarder = try forwarder()
        let policy = Responder.Policy(
            recursionAvailable: configuration.recurseOn, setsTruncateBit: configuration.setTruncateBit,
            forwardsForeignNames: forwarder.isUsable)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var listening = Listening(dns: 0, http: 0)
            if configuration.dnsOn { listening.dns = try await listenDNS(keeper, policy, forwarder, &group) }
            if configuration.httpOn {
                let (ready, onReady) = AsyncStream.makeStream(of: Int.self)
                let api = RecordsAPI(configuration: configuration, keeper: keeper)
                let application = api.application(logger: logger) { port in
                    onReady.yield(port)
                    onReady.finish()
                }
                group.addTask {
                    defer { onReady.finish() }
                    try await application.run()
                }
                for await port in ready { listening.http = port }
            }
            logger.info(
                "serving", metadata: ["dns": "\(listening.dns)", "http": "\(listening.http)", "listener": "\(configuration.listener)"])
            await onServing(listening)
            do {
                try await group.next()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
    }

    /// - Returns: the port.
    private func listenDNS(
        _ keeper: ZoneKeeper, _ policy: Responder.Policy, _ forwarder: Forwarder, _ group: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int {
        let loops = MultiThreadedEventLoopGroup.singleton
        var port = configuration.port
        for _ in 0..<configuration.workers {
            let server = try UDPServer(
                address: configuration.listener, port: port, sharesPort: configuration.workers > 1, publication: keeper.publication,
                policy: policy, logger: logger
            ) { query in
                forwarder.relay(query.packet, over: .udp, on: loops.next()).whenSuccess { reply in
                    if let reply { query.answer(reply) }
                }
            }
            port = server.port
            group.addTask { try await server.run() }
        }
        let tcp = try await TCPServer.listen(
            address: configuration.listener, port: port, publication: keeper.publication, policy: policy
        ) { packet, loop in forwarder.relay(packet, over: .tcp, on: loop) }
        group.addTask { try await tcp.run() }
        return port
    }

    private func forwarder() throws -> Forwarder {
        let isOn = configuration.externalOn
        var zones: [DNSName: [UpstreamAddress]] = [:]
        for (zone, resolvers) in isOn ? configuration.zoneResolvers : [:] {
            guard let name = DNSName(zone) else { continue }
            zones[name] = resolvers.compactMap(UpstreamAddress.init)
        }
        return Forwarder(
            resolvers: isOn ? configuration.resolvers.compactMap(UpstreamAddress.init) : [], zones: zones,
            timeout: .seconds(Int64(configuration.timeout)))
    }

    /// The addresses of the zone's name server (contracts/dns-networking.md §3.4).
    private func nameServers() throws -> [IPv4Address] {
        guard let listener = IPv4Address(configuration.listener), listener.value != 0 else {
            let addresses = try System.enumerateDevices().compactMap { device in
                device.address?.ipAddress.flatMap { IPv4Address($0) }
            }
            return Set(addresses.filter { !$0.isLoopback }).sorted()
        }
        return [listener]
    }
}
