import AsyncHTTPClient
import FoundationEssentials
import Logging
import ResourceModel
import SchedulerClient

/// One framework: keeps a number of tasks running through the scheduler API, and measures.
///
/// It declines what it does not need and revives when tasks have ended, as Marathon does; the time from REVIVE to the next
/// OFFERS is the offer latency.
actor SimulatedFramework {
    static let taskCPUs = 0.1
    static let taskMemory = 32.0
    /// A revive lets the master offer everything: not more often than this.
    private static let reviveInterval = Duration.milliseconds(250)
    private static let silence = Duration.seconds(5)

    /// Times that a change of the leader took, from the signal to the old one.
    struct Takeover: Sendable {
        var subscribed: Duration?
        var accepted: Duration?
    }

    nonisolated let name: String
    private let number: Int
    private let client: SchedulerClient
    private let logger: Logger
    private var target: Int
    private let perOffer: Int
    private(set) var ledger = FrameworkLedger()
    private(set) var frameworkID: FrameworkID?
    private(set) var offerLatency = Times()
    private(set) var takeovers: [Takeover] = []
    private(set) var problems: [String] = []
    private(set) var lostAgents = 0
    private(set) var rejectedCalls = 0
    private var pool: [OfferID: Offer] = [:]
    private var serial = 0
    private var revived: ContinuousClock.Instant?
    private var lastRevive = ContinuousClock.now
    private var masterKilled: ContinuousClock.Instant?
    /// What the running reconciliation answered.
    private var reconciled: [TaskID: TaskState]?
    private let work: AsyncStream<Void>
    private let workWake: AsyncStream<Void>.Continuation
    private let acknowledgements: AsyncStream<TaskStatus>
    private let acknowledge: AsyncStream<TaskStatus>.Continuation
    private(set) var firstLaunch: ContinuousClock.Instant?
    private(set) var waveDone: ContinuousClock.Instant?
    private let waveSize: Int

    init(number: Int, tasks: Int, perOffer: Int, source: any LeadingMasterSource, http: HTTPClient, logger: Logger) {
        self.number = number
        self.target = tasks
        self.waveSize = tasks
        self.perOffer = perOffer
        self.logger = logger
        name = "simulated-\(number)"
        var info = FrameworkInfo(user: "nobody", name: name)
        info.failover_timeout = 3600
        info.checkpoint = true
        client = SchedulerClient(source: source, framework: info, http: http, logger: logger)
        (work, workWake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (acknowledgements, acknowledge) = AsyncStream.makeStream(of: TaskStatus.self)
    }

    /// Until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [client] in try? await client.run() }
            group.addTask { [work] in for await _ in work { await self.place() } }
            group.addTask { [acknowledgements] in
                // As many at once as the HTTP client has connections.
                await withDiscardingTaskGroup { calls in
                    for await status in acknowledgements { calls.addTask { await self.acknowledge(status) } }
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(50))
                    await self.tick()
                }
            }
            for await event in client.events { handle(event) }
            workWake.finish()
            acknowledge.finish()
            group.cancelAll()
        }
    }

    // MARK: Orders of the simulation

    var needed: Int { target - ledger.active.count }
    var isWaveDone: Bool { waveDone != nil }
    var isSettled: Bool { ledger.isSettled && ledger.active.count == target && masterKilled == nil }

    /// The leading master was killed now: the next accepted offer tells when its successor works.
    func masterWasKilled(at now: ContinuousClock.Instant) {
        masterKilled = now
        takeovers.append(Takeover())
    }

    func killOne() async {
        guard let (task, agent) = ledger.nextToKill(at: .now) else { return }
        await kill(task, on: agent)
    }

    func teardown() async { try? await client.teardown() }

    /// Asks the master for the states of all tasks; nil when it did not answer for all in time.
    func reconcile(within patience: Duration) async -> [TaskID: TaskState]? {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end, !Task.isCancelled {
            reconciled = [:]
            do {
                try await client.reconcile([])
                let round = ContinuousClock.now + .seconds(10)
                while ContinuousClock.now < round {
                    if let reconciled, reconciled.count >= ledger.active.count { return reconciled }
                    try await Task.sleep(for: .milliseconds(20))
                }
            } catch {
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
        return nil
    }

    // MARK: Events

    private func handle(_ event: SchedulerClientEvent) {
        let now = ContinuousClock.now
        switch event {
        case .subscribed(let subscribed, _):
            if let frameworkID, frameworkID != subscribed.framework_id {
                problems.append("\(name) was \(frameworkID) and became \(subscribed.framework_id)")
            }
            frameworkID = subscribed.framework_id
            pool = [:]
            revived = nil
            if let masterKilled, let last = takeovers.indices.last, takeovers[last].subscribed == nil {
                takeovers[last].subscribed = now - masterKilled
                // Something must be there to be launched.
                target += 1
            }
        case .disconnected:
            pool = [:]
            revived = nil
        case .offers(let offers):
            for offer in offers { pool[offer.id] = offer }
            if let revived {
                offerLatency.add(now - revived)
                self.revived = nil
            }
            workWake.yield()
        case .rescind(let id): pool[id] = nil
        case .update(let status):
            if status.reason == "REASON_RECONCILIATION", status.uuid == nil { reconciled?[status.task_id] = status.state }
            ledger.updated(status, at: now, time: Date.now.timeIntervalSince1970)
            if status.uuid != nil { acknowledge.yield(status) }
        case .failure: lostAgents += 1
        case .message: break
        case .error(let message): problems.append("\(name): \(message)")
        }
    }

    private func acknowledge(_ status: TaskStatus) async {
        // Without an answer the agent sends the update again.
        guard (try? await client.acknowledge(status)) != nil else { return }
        ledger.acknowledged(status, at: .now)
        if waveDone == nil, ledger.acknowledgedRunning >= waveSize { waveDone = .now }
    }

    // MARK: Launching

    private func place() async {
        await withDiscardingTaskGroup { calls in
            while needed > 0, let (id, offer) = pool.first {
                pool[id] = nil
                let resources = Resources(offer.resources)
                let room = min(Int(resources.scalar("cpus") / Self.taskCPUs + 1e-6), Int(resources.scalar("mem") / Self.taskMemory))
                let count = min(needed, perOffer, room)
                guard count > 0 else {
                    calls.addTask { try? await self.client.decline([id], refuseSeconds: 5) }
                    continue
                }
                let tasks = (0..<count).map { _ in task(on: offer.agent_id) }
                let now = ContinuousClock.now
                firstLaunch = firstLaunch ?? now
                ledger.launched(tasks.map(\.task_id), on: offer.agent_id, at: now)
                calls.addTask { await self.accept(id, launching: tasks) }
            }
        }
        guard !pool.isEmpty, needed <= 0 else { return }
        let unused = Array(pool.keys)
        pool = [:]
        try? await client.decline(unused, refuseSeconds: 5)
    }

    private func accept(_ offer: OfferID, launching tasks: [TaskInfo]) async {
        do {
            try await client.accept([offer], operations: [.launch(tasks)], refuseSeconds: 0)
            // A leader that shuts down in order may take an offer before it goes.
            if let masterKilled, let last = takeovers.indices.last, takeovers[last].subscribed != nil {
                takeovers[last].accepted = .now - masterKilled
                self.masterKilled = nil
            }
        } catch let error as SchedulerClientError where error.isNotDelivered {
            rejectedCalls += 1
            ledger.notLaunched(tasks.map(\.task_id))
        } catch {
            // Whether it arrived is asked later.
        }
    }

    private func task(on agent: AgentID) -> TaskInfo {
        serial += 1
        let id = "s\(number).\(serial)"
        var task = TaskInfo(
            name: "sleeper-\(serial % 100)", task_id: TaskID(id), agent_id: agent,
            resources: [.scalar("cpus", Self.taskCPUs), .scalar("mem", Self.taskMemory)])
        task.command = CommandInfo(shell: "sleep 1000000")
        task.labels = Labels([Label(key: "simulated", value: "true")])
        return task
    }

    private func tick() async {
        let now = ContinuousClock.now
        if needed > 0, pool.isEmpty, now - lastRevive >= Self.reviveInterval, await client.isSubscribed {
            lastRevive = now
            if revived == nil { revived = now }
            try? await client.revive()
        } else if !pool.isEmpty {
            workWake.yield()
        }
        guard now >= nextAudit else { return }
        nextAudit = now + .seconds(2)
        let limit = now - Self.silence
        for (task, agent) in ledger.overdueKills(before: limit).prefix(200) { await kill(task, on: agent) }
        let silent = ledger.silentLaunches(before: limit)
        if !silent.isEmpty { try? await client.reconcile(silent.map { .init(task_id: $0.0, agent_id: $0.1) }) }
    }
    private var nextAudit = ContinuousClock.now

    private func kill(_ task: TaskID, on agent: AgentID) async { try? await client.kill(task, on: agent) }
}
