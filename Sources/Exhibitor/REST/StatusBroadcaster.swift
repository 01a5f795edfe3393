import EnsembleModel
import FoundationEssentials
import NIOCore
import ServiceLifecycle
import SharedConfiguration

/// Looks at the ensemble once a second while somebody watches, and tells all who do.
///
/// However many pages are open, the servers are asked once.
actor StatusBroadcaster: Service {
    enum Message: Sendable {
        /// A finished server-sent event.
        case event(ByteBuffer)
    }

    private static let interval = Duration.seconds(1)
    /// The longest silence after which a page knows that its feed is alive.
    private static let heartbeat = Duration.seconds(5)
    /// Pages at the same time; more are refused.
    static let capacity = 200

    private let cluster: Cluster
    private let keeper: EnsembleKeeper
    private let headingText: String?
    private var watchers: [Int: AsyncStream<Message>.Continuation] = [:]
    private var nextWatcher = 0
    private var wakeUp: AsyncStream<Void>.Continuation?
    private var last: StatusBody?
    private var isEnding = false

    init(cluster: Cluster, keeper: EnsembleKeeper, headingText: String?) {
        self.cluster = cluster
        self.keeper = keeper
        self.headingText = headingText
    }

    func run() async throws {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wakeUp = continuation
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.forwardTimeline() }
                for await _ in signals { await self.watchWhileWanted() }
                group.cancelAll()
            }
        }
        isEnding = true
        for watcher in watchers.values { watcher.finish() }
        watchers = [:]
    }

    /// The feed for one page; nil: too many are open.
    func subscribe() async -> AsyncStream<Message>? {
        guard watchers.count < Self.capacity, !isEnding else { return nil }
        let (stream, continuation) = AsyncStream.makeStream(of: Message.self, bufferingPolicy: .bufferingNewest(16))
        nextWatcher += 1
        let id = nextWatcher
        watchers[id] = continuation
        continuation.onTermination = { [weak self] _ in
            guard let self else { return }
            Task { await self.remove(id) }
        }
        if let last { continuation.yield(Self.event("status", last)) }
        wakeUp?.yield()
        return stream
    }

    private func remove(_ id: Int) { watchers[id] = nil }

    private func watchWhileWanted() async {
        let clock = ContinuousClock()
        var lastSent = clock.now
        while !watchers.isEmpty, !Task.isCancelled {
            let body = await look()
            if body != last {
                last = body
                lastSent = clock.now
                send(Self.event("status", body))
            } else if clock.now - lastSent >= Self.heartbeat {
                lastSent = clock.now
                send(.event(ByteBuffer(string: "event: alive\ndata: {}\n\n")))
            }
            do { try await clock.sleep(for: Self.interval) } catch { return }
        }
        // What was seen last is old news for the next to come.
        last = nil
    }

    private func forwardTimeline() async {
        for await entry in cluster.timeline.updates() { send(Self.event("timeline", entry)) }
    }

    private func send(_ message: Message) {
        for watcher in watchers.values { watcher.yield(message) }
    }

    private static func event(_ name: String, _ value: some Encodable) -> Message {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return .event(ByteBuffer(string: "event: \(name)\ndata: \(json)\n\n"))
    }

    private func look() async -> StatusBody {
        let servers = await cluster.verboseStatus()
        let settings = await cluster.monitor.settings
        let configuration = StatusBody.Config(await cluster.configurations.adopted)
        let store = cluster.configurations.store
        let ours = await cluster.verboseState()
        let membership = ours.report.membership
        let zxids = servers.compactMap { entry in entry.details?.zxid.map { (entry.status.hostname, $0) } }
        return StatusBody(
            hostname: settings.hostname, heading: headingText, port: settings.clientPort, store: store.summary,
            isStatic: store.traits.isFixed, summary: StatusBody.summary(of: servers, configuration), servers: servers,
            switches: ours.switches, config: configuration,
            membership: StatusBody.EnsembleMembers(
                version: ours.membershipVersion, servers: membership?.servers.description ?? "", inSync: await keeper.isInSync),
            lagZxid: StatusBody.lag(Dictionary(zxids) { $1 }))
    }
}
