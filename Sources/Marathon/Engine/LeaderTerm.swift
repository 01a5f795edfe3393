import AppModel
import ClusterState
import FoundationEssentials
import Logging
import ResourceModel
import SchedulerClient
import ZooKeeper

/// One term of leadership: the state machine and everything that carries its actions out. It begins with what is stored and
/// ends, leaving nothing behind, when the leadership is lost or a write turns out impossible.
actor LeaderTerm {
    let epoch: LeaderEpoch
    let began: Timestamp
    let events: EventHub
    private let configuration: Configuration
    private let paths: MarathonPaths
    private let commits: GroupCommitWriter
    private let nodes: NodeWriter
    private let scheduler: SchedulerClient
    private let checker: HealthChecker
    private let logger: Logger
    /// Gives the leadership to another replica.
    nonisolated let abdicate: @Sendable () -> Void
    private var machine: MarathonStateMachine
    private var hasFramework: Bool
    private var hasSubscribed = false
    private let definitions = SerialLane()

    private nonisolated let outlets: TermOutlets
    private let calls: AsyncStream<MesosCall>
    private let acknowledgements: AsyncStream<TaskStatus>
    private let published: AsyncStream<[MarathonEvent]>
    private let settlements: AsyncStream<String>
    private let wakes: AsyncStream<Timestamp>

    init(
        epoch: LeaderEpoch, machine: MarathonStateMachine, hasFramework: Bool, configuration: Configuration, paths: MarathonPaths,
        commits: GroupCommitWriter, nodes: NodeWriter, scheduler: SchedulerClient, checker: HealthChecker, events: EventHub,
        logger: Logger, abdicate: @escaping @Sendable () -> Void
    ) {
        self.epoch = epoch
        self.began = .now
        self.machine = machine
        self.hasFramework = hasFramework
        self.configuration = configuration
        self.paths = paths
        self.commits = commits
        self.nodes = nodes
        self.scheduler = scheduler
        self.checker = checker
        self.events = events
        self.logger = logger
        self.abdicate = abdicate
        let (calls, callFeed) = AsyncStream.makeStream(of: MesosCall.self)
        let (acknowledgements, acknowledgementFeed) = AsyncStream.makeStream(of: TaskStatus.self)
        let (published, eventFeed) = AsyncStream.makeStream(of: [MarathonEvent].self)
        let (settlements, settlementFeed) = AsyncStream.makeStream(of: String.self)
        let (wakes, wakeFeed) = AsyncStream.makeStream(of: Timestamp.self)
        self.calls = calls
        self.acknowledgements = acknowledgements
        self.published = published
        self.settlements = settlements
        self.wakes = wakes
        outlets = TermOutlets(
            nodes: nodes, checker: checker, calls: callFeed, acknowledgements: acknowledgementFeed, events: eventFeed,
            settlements: settlementFeed, wakes: wakeFeed)
    }

    /// Leads until cancelled or until something makes leading impossible.
    func run() async throws {
        defer { outlets.finish() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.nodes.run() }
            group.addTask { try await self.scheduler.run() }
            group.addTask { await self.checker.run { await self.send($0) } }
            group.addTask { await self.events.run() }
            group.addTask { for await events in self.published { await self.events.publish(events) } }
            group.addTask { try await self.listen() }
            group.addTask { await self.carryOutCalls() }
            group.addTask { await self.acknowledge() }
            group.addTask { for await id in self.settlements { try await self.settle(id) } }
            group.addTask { await self.keepTime() }
            outlets.perform(machine.start(.now))
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    // MARK: In

    /// A consistent view of everything.
    func snapshot() -> MarathonStateMachine { machine }

    var isSubscribed: Bool { get async { await scheduler.isSubscribed } }
    var frameworkID: String? { get async { await scheduler.frameworkID?.value } }

    func send(_ input: EngineInput) {
        outlets.perform(machine.handle(input, now: .now))
    }

    private func listen() async throws {
        for await event in scheduler.events {
            switch event {
            case .subscribed(let subscribed, let master): try await self.subscribed(subscribed, master)
            case .disconnected:
                outlets.perform([.publish([MarathonEvent("scheduler_disconnected_event", at: .now, [])])])
                send(.disconnected)
            case .offers(let offers): send(.offers(offers))
            case .rescind(let id): send(.rescinded(id))
            case .update(let status): send(.status(status))
            case .failure(let failure):
                logger.info("An agent or executor failed", metadata: ["agent": "\(failure.agent_id?.value ?? "?")"])
            case .message(let message): outlets.perform([.publish([Self.event(message)])])
            case .error(let message):
                logger.critical("The master refuses this framework", metadata: ["message": "\(message)"])
            }
        }
    }

    private func subscribed(_ subscribed: SchedulerEvent.Subscribed, _ master: MasterEndpoint) async throws {
        if !hasFramework {
            // Before anything is launched: without the id a new leader would orphan every task.
            let record = MarathonFrameworkRecord(id: subscribed.framework_id.value)
            try await nodes.store([.put(paths.framework, ClusterJSON.encode(record))])
            hasFramework = true
        }
        let host: (String, JSONValue) = ("master", .string(subscribed.master_info?.hostname ?? master.host))
        let event =
            hasSubscribed
            ? MarathonEvent("scheduler_reregistered_event", at: .now, [host])
            : MarathonEvent(
                "scheduler_registered_event", at: .now, [("frameworkId", .string(subscribed.framework_id.value)), host])
        hasSubscribed = true
        outlets.perform([.publish([event])])
        send(.subscribed)
    }

    private static func event(_ message: SchedulerEvent.Message) -> MarathonEvent {
        let bytes = Data(base64Encoded: message.data) ?? Data()
        return MarathonEvent(
            "framework_message_event", at: .now,
            [
                ("executorId", .string(message.executor_id.value)), ("slaveId", .string(message.agent_id.value)),
                ("message", .array(bytes.map { .int(Int64(Int8(bitPattern: $0))) })),
            ])
    }

    // MARK: Out

    /// Orders to the master go out one after another, and only while the leadership is beyond doubt.
    private func carryOutCalls() async {
        for await call in calls {
            while !epoch.isHeld {
                if epoch.isOver || Task.isCancelled { return }
                try? await Task.sleep(for: .milliseconds(20))
            }
            do {
                try await carryOut(call)
            } catch {
                logger.warning("A call to the master failed", metadata: ["call": "\(call.name)", "error": "\(error)"])
                if case .accept(_, let tasks) = call, let error = error as? SchedulerClientError, error.isNotDelivered {
                    send(.notAccepted(tasks: tasks.map(\.task_id.value)))
                }
            }
        }
    }

    private func carryOut(_ call: MesosCall) async throws {
        switch call {
        case .accept(let offer, let tasks):
            try await scheduler.accept([offer], operations: [.launch(tasks)], refuseSeconds: 5)
        case .decline(let offers, let refuseSeconds): try await scheduler.decline(offers, refuseSeconds: refuseSeconds)
        case .kill(let task, let agent, let grace):
            let policy = grace.map { KillPolicy(grace_period: DurationInfo(nanoseconds: Int64($0) * 1_000_000_000)) }
            try await scheduler.kill(TaskID(task), on: agent.value.isEmpty ? nil : agent, policy: policy)
        case .reconcile(let tasks): try await scheduler.reconcile(tasks)
        case .revive: try await scheduler.revive()
        case .suppress: try await scheduler.suppress()
        }
    }

    private func acknowledge() async {
        await withDiscardingTaskGroup { group in
            for await status in acknowledgements {
                group.addTask {
                    // Lost acknowledgements make Mesos send the update again.
                    try? await self.scheduler.acknowledge(status)
                }
            }
        }
    }

    /// A tick every second for what is measured in many seconds, and at every moment the machine asked for.
    private func keepTime() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    await self.send(.tick)
                }
            }
            var pending: Timestamp?
            for await time in wakes {
                let now = Timestamp.now
                if let due = pending, due > now, due <= time { continue }
                pending = time
                group.addTask {
                    try? await Task.sleep(for: max(.milliseconds(1), time - now))
                    await self.send(.tick)
                }
            }
        }
    }

    // MARK: Definitions

    /// Changes definitions; returns when the change is stored.
    /// - Throws: `APIError`, `AppInputError`.
    func change(_ wanted: DefinitionChange) async throws -> ChangeOutcome {
        try await definitions.run { try await self.carryOut(wanted) }
    }

    private func carryOut(_ wanted: DefinitionChange) async throws -> ChangeOutcome {
        let draft: DefinitionDraft
        do {
            draft = try machine.draft(wanted, now: .now)
        } catch {
            if !wanted.isDryRun { refuse(wanted, error) }
            throw error
        }
        let outcome = ChangeOutcome(
            version: draft.deployment.version, deployment: draft.deployment.id, plan: PlanEvents.steps(draft.deployment))
        if wanted.isDryRun { return outcome }
        machine.frozen.formUnion(draft.removed)
        do {
            try await nodes.store(machine.looseNodes(draft))
            for start in stride(from: 0, to: draft.specs.count, by: 100) {
                try await commits.commit(Array(draft.specs[start..<min(start + 100, draft.specs.count)]), epoch: epoch)
            }
            try await commits.commit(draft.ops, epoch: epoch)
        } catch {
            machine.frozen.subtract(draft.removed)
            throw failed(error)
        }
        outlets.perform(machine.apply(draft, now: .now))
        return outcome
    }

    private func refuse(_ wanted: DefinitionChange, _ error: any Error) {
        let reason = (error as? APIError)?.message ?? (error as? AppInputError)?.message ?? "\(error)"
        let event = MarathonEvent(
            "group_change_failed", at: .now,
            [
                ("groupId", .string(wanted.group.description)), ("version", .string(Timestamp.now.description)),
                ("reason", .string(reason)),
            ])
        outlets.perform([.publish([event])])
    }

    /// What a client learns of a failed commit. A conflict means that our picture of the store is wrong: the term ends.
    private func failed(_ error: any Error) -> any Error {
        switch error {
        case CommitError.unacceptable(let reason): return APIError(422, "The change is too large to be stored: \(reason)")
        case CommitError.unavailable: return APIError(503, "ZooKeeper is not available; nothing was changed")
        case is CommitError:
            logger.error("A change could not be stored; stepping down", metadata: ["error": "\(error)"])
            outlets.finish()
            return APIError.steppedDown
        default: return error
        }
    }

    /// Writes how far a deployment has come; at its end takes it away.
    private func settle(_ id: String) async throws {
        try await definitions.run { try await self.settleAlone(id) }
    }

    private func settleAlone(_ id: String) async throws {
        guard let ops = machine.settlement(of: id) else { return }
        let isDone = machine.deployments.first { $0.id == id }?.isDone ?? false
        try await commitPatiently(ops)
        if isDone { outlets.perform(machine.ended(id, event: PlanEvents.success, now: .now)) }
    }

    /// Waits for the connection as long as the term lasts.
    private func commitPatiently(_ ops: [Op]) async throws {
        while true {
            do {
                try await commits.commit(ops, epoch: epoch)
                return
            } catch CommitError.unavailable where !epoch.isOver && !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    // MARK: Other writes of clients

    /// Drops a deployment as it is; its apps converge to what is stored.
    /// - Throws: `APIError` 404 when there is none.
    func drop(deployment id: String) async throws {
        try await definitions.run { try await self.dropAlone(id) }
    }

    private func dropAlone(_ id: String) async throws {
        guard let deployment = machine.deployments.first(where: { $0.id == id }) else { throw Self.unknownDeployment(id) }
        do { try await commits.commit(machine.ending(deployment), epoch: epoch) } catch { throw failed(error) }
        outlets.perform(machine.ended(id, event: PlanEvents.failed, now: .now))
    }

    /// Takes back what a deployment changed.
    /// - Throws: `APIError` 404 when there is none.
    func rollBack(deployment id: String) async throws -> ChangeOutcome {
        let machine = machine
        guard let deployment = machine.deployments.first(where: { $0.id == id }) else { throw Self.unknownDeployment(id) }
        return try await change(
            DefinitionChange(
                edit: { _, version in try machine.reverting(deployment, version: version) }, force: true, group: .root))
    }

    private static func unknownDeployment(_ id: String) -> APIError { APIError(404, "DeploymentPlan \(id) does not exist") }

    /// Kills tasks; returns when the intent is stored.
    func kill(_ tasks: [String], wipe: Bool) async throws {
        let actions = machine.kill(tasks, reason: .api, wipe: wipe, .now) + machine.updateInterest(.now)
        let writes = actions.flatMap { action -> [NodeWrite] in
            if case .store(let writes, _) = action { writes } else { [] }
        }
        // Both in one go, so that nothing newer can come between: the second completes with the first.
        let isDurable = await withCheckedContinuation { continuation in
            outlets.perform(actions)
            nodes.submit(writes) { continuation.resume(returning: $0) }
        }
        if !isDurable { throw APIError.steppedDown }
    }

    /// Lets an app launch at once again. Returns false when nothing of it is queued.
    func resetDelay(of app: AppID) -> Bool {
        guard machine.demands[app] != nil else { return false }
        outlets.perform(machine.resetBackoff(of: app, .now) + machine.evaluate(app, .now) + machine.updateInterest(.now))
        return true
    }

    nonisolated func publish(_ events: [MarathonEvent]) { outlets.perform([.publish(events)]) }
}
