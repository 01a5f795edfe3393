import ClusterState
internal import FoundationEssentials
import Logging
import ResourceModel
import ZooKeeper

/// The shell around the state machine: gives it events and the time, and carries its actions out.
actor Master {
    /// How this master answers leader-only requests now.
    enum Standing: Sendable, Hashable {
        case leading
        case recovering
        /// - leader: nil when nobody is known to lead.
        case standby(leader: MasterInfo?)
        /// Elected, but without a sure connection to ZooKeeper.
        case unsure
    }

    /// What a stream's connection tells when it ends.
    enum StreamEnd: Sendable {
        case agent(LinkID)
        case scheduler(StreamID)
        case observer(Int)
    }

    nonisolated let info: MasterInfo
    nonisolated let configuration: Configuration
    nonisolated let startTime: Double
    nonisolated let build = BuildInfo()

    private var machine: MasterStateMachine
    private let store: KernelStore
    private let logger: Logger
    private let started = ContinuousClock.now
    private var epoch: LeaderEpoch?
    private var leader: MasterInfo?
    private var links: [LinkID: EventStream<AgentCommand>] = [:]
    private var streams: [StreamID: EventStream<SchedulerEvent>] = [:]
    /// Operators' streams, with the uptime of the last heartbeat.
    private var observers: [Int: (stream: EventStream<OperatorEvent>, lastHeartbeat: Double)] = [:]
    private var nextObserver = 0
    private(set) var timers = MasterTimers()
    private var electedAt: ContinuousClock.Instant?
    private var commitsUnderWay: [CommitID: ContinuousClock.Instant] = [:]
    private var replies: [RequestID: CheckedContinuation<Reply, Never>] = [:]
    private var nextLink: LinkID = 0
    private var nextRequest: RequestID = 0
    /// Grows with each event: what a rendering is valid for.
    private(set) var revision = 0
    nonisolated private let ends: AsyncStream<StreamEnd>.Continuation
    nonisolated let streamEnds: AsyncStream<StreamEnd>

    init(configuration: Configuration, info: MasterInfo, store: KernelStore, logger: Logger) {
        self.configuration = configuration
        self.info = info
        self.store = store
        self.logger = logger
        startTime = Date().timeIntervalSince1970
        machine = MasterStateMachine(configuration: configuration, master: info, seed: UInt64.random(in: .min ... .max))
        (streamEnds, ends) = AsyncStream.makeStream(of: StreamEnd.self)
    }

    // MARK: What happens

    func election(_ event: ElectionEvent) {
        switch event {
        case .elected(let epoch):
            self.epoch = epoch
            handle(.elected(epoch: epoch.number))
        case .deposed:
            epoch = nil
            handle(.deposed)
        case .leader(let payload):
            leader = payload.flatMap { try? ClusterJSON.decode(MasterInfo.self, from: $0) }
            logger.info("leading master", metadata: ["leader": "\(leader?.pid ?? "none")"])
        }
    }

    func mirror(_ batch: KernelBatch) { handle(.mirror(batch)) }

    func zooKeeperReconnected() { handle(.zooKeeperReconnected) }

    func tick() {
        guard epoch?.isHeld ?? false else { return }
        handle(.tick)
        let now = uptime
        for (id, observer) in observers where now - observer.lastHeartbeat >= MasterStateMachine.heartbeatInterval {
            observers[id]?.lastHeartbeat = now
            send(OperatorEvent(type: .heartbeat), to: id)
        }
    }

    func stored(_ commit: CommitID, _ outcome: KernelStore.Outcome) {
        if let start = commitsUnderWay.removeValue(forKey: commit) { timers.record(.registryStore, since: start) }
        switch outcome {
        case .written: handle(.committed(commit))
        case .failed: handle(.commitFailed(commit))
        case .fenced:
            // The election tells soon, too; until then nothing more is done in the name of this epoch.
            epoch = nil
            handle(.deposed)
        }
    }

    func ended(_ end: StreamEnd) {
        switch end {
        case .agent(let link):
            guard links.removeValue(forKey: link) != nil else { return }
            handle(.agentLinkClosed(link))
        case .scheduler(let stream):
            guard streams.removeValue(forKey: stream) != nil else { return }
            handle(.schedulerStreamClosed(stream))
        case .observer(let id):
            observers.removeValue(forKey: id)?.stream.finish()
            machine.isObserved = !observers.isEmpty
        }
    }

    // MARK: Requests

    var standing: Standing {
        switch machine.phase {
        case .leading: epoch?.isHeld ?? false ? .leading : .unsure
        case .recovering: .recovering
        case .standby: .standby(leader: leader?.id == info.id ? nil : leader)
        }
    }

    /// For `/redirect`: the leader, also when it is this master.
    var knownLeader: MasterInfo? { machine.isLeading ? info : leader }

    func subscribeAgent(_ registration: AgentRegistration) -> (EventStream<AgentCommand>, StreamLease) {
        let stream = EventStream<AgentCommand>()
        nextLink += 1
        let link = nextLink
        links[link] = stream
        let ends = ends
        let lease = StreamLease { ends.yield(.agent(link)) }
        handle(.agentSubscribed(link, registration))
        return (stream, lease)
    }

    func subscribeScheduler(_ id: FrameworkID?, _ subscribe: SchedulerCall.Subscribe) -> (
        StreamID, EventStream<SchedulerEvent>, StreamLease
    ) {
        let stream = EventStream<SchedulerEvent>()
        let name = UUID().uuidString.lowercased()
        streams[name] = stream
        let ends = ends
        let lease = StreamLease { ends.yield(.scheduler(name)) }
        handle(.schedulerSubscribed(name, id, subscribe))
        return (name, stream, lease)
    }

    /// A stream of what happens from now on, and the state that it happens to.
    func subscribeOperator() -> (EventStream<OperatorEvent>, StreamLease, MasterStateMachine) {
        let stream = EventStream<OperatorEvent>()
        nextObserver += 1
        let id = nextObserver
        let ends = ends
        let lease = StreamLease { ends.yield(.observer(id)) }
        guard machine.isLeading else {
            stream.finish()
            return (stream, lease, machine)
        }
        observers[id] = (stream, uptime)
        machine.isObserved = true
        send(OperatorEvent(type: .heartbeat), to: id)
        return (stream, lease, machine)
    }

    private func send(_ event: OperatorEvent, to observer: Int) {
        if let stream = observers[observer]?.stream, !stream.send(event) { ends.yield(.observer(observer)) }
    }

    func report(_ report: AgentReport) async -> Reply { await reply { .agentReported($0, report) } }

    func call(_ call: SchedulerCall, stream: StreamID?) async -> Reply { await reply { .schedulerCalled($0, call, stream: stream) } }

    func teardown(_ framework: FrameworkID) async -> Reply { await reply { .teardown($0, framework) } }

    func change(_ change: OperatorRequest, principal: String?) async -> Reply {
        await reply { .operatorCalled($0, change, principal: principal) }
    }

    /// Seconds since the process start.
    var uptime: Double {
        let elapsed = started.duration(to: .now).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    /// The state to render from, with its revision.
    func snapshot() -> (machine: MasterStateMachine, revision: Int) { (machine, revision) }

    // MARK: Carrying out

    private func reply(_ event: (RequestID) -> MasterEvent) async -> Reply {
        guard epoch?.isHeld ?? false else { return .lostLeadership }
        nextRequest += 1
        let request = nextRequest
        let event = event(request)
        return await withCheckedContinuation { continuation in
            replies[request] = continuation
            handle(event)
        }
    }

    private func handle(_ event: MasterEvent) {
        revision += 1
        let now = Moment(wall: Date().timeIntervalSince1970, uptime: uptime)
        let (start, runs) = (ContinuousClock.now, machine.metrics["allocation_runs"])
        let wasRecovering = machine.phase.isRecovering
        for action in machine.handle(event, now: now) { perform(action) }
        if machine.metrics["allocation_runs"] != runs { timers.record(.allocationRun, since: start) }
        if case .elected = event { electedAt = start }
        if wasRecovering, machine.isLeading, let electedAt { timers.record(.registryFetch, since: electedAt) }
        if !machine.isLeading, !observers.isEmpty {
            // Another master knows what happens now.
            for observer in observers.values { observer.stream.finish() }
            observers = [:]
            machine.isObserved = false
        }
    }

    private func perform(_ action: MasterAction) {
        switch action {
        case .commit(let id, let writes):
            // Without an epoch the machine has just been deposed and forgotten the commit.
            if let epoch {
                commitsUnderWay[id] = .now
                store.submit(id, writes, epoch: epoch)
            }
        case .tellAgent(let link, let command):
            if let stream = links[link], !stream.send(command) { ends.yield(.agent(link)) }
        case .closeAgentLink(let link):
            links.removeValue(forKey: link)?.finish()
        case .tellScheduler(let stream, let event):
            if let queue = streams[stream], !queue.send(event) { ends.yield(.scheduler(stream)) }
        case .closeSchedulerStream(let stream):
            streams.removeValue(forKey: stream)?.finish()
        case .publish(let event):
            for id in observers.keys { send(event, to: id) }
        case .reply(let request, let reply):
            replies.removeValue(forKey: request)?.resume(returning: reply)
        case .log(let message, let metadata):
            logger.info("\(message)", metadata: metadata.mapValues { "\($0)" })
        }
    }
}
