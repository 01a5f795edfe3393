import ResourceModel

/// One custom executor from its launch to its end (contracts/mesos.md §9, §15.1): which tasks wait for it, which it was
/// given, which of its updates are not on disk yet. What happens comes in, what is to be done goes out.
///
/// Guarantees: a task is given to the executor at most once per subscription and only when it is checkpointed, in the order
/// of the launches; an update is acknowledged to the executor only when it is on disk; every task that was neither ended by
/// the executor nor by the agent gets exactly one end when the executor ends.
struct ExecutorMachine: Sendable {
    enum State: Sendable, Hashable {
        /// Started, not heard of yet; after a restart of the agent: not back yet.
        case registering
        case running
        /// Told to end, or being destroyed.
        case terminating
        case terminated
    }

    /// How long is waited for what.
    struct Limits: Sendable, Hashable {
        /// `--executor_registration_timeout`.
        var registration = MesosDuration(.seconds(60))
        /// `--executor_reregistration_timeout`.
        var reregistration = MesosDuration(.seconds(2))
        /// `--executor_shutdown_grace_period`.
        var shutdownGracePeriod = MesosDuration(.seconds(5))
    }

    /// The last update of a task, made by the agent.
    struct Ending: Sendable, Hashable {
        var state: TaskState
        var reason: String?
        var message: String
    }

    enum Action: Sendable, Hashable {
        /// Put into the stream of the present subscription.
        case tell(ExecutorEvent)
        /// The stream is over, after what was told.
        case close
        /// The executor's update of a task of its: make it durable, then call `persisted`.
        case accept(TaskStatus)
        /// The task is over without the executor's word.
        case end(TaskID, Ending)
        /// SIGTERM, and SIGKILL after the grace period, to everything in the container.
        case destroy(grace: Duration)
        /// It is over. - status: as `wait(2)` gives it.
        case exited(status: Int)
    }

    static let heartbeatInterval = Duration.seconds(30)
    /// Uuids of updates that are remembered, to recognise one that is sent again.
    static let rememberedUpdates = 1000

    let key: ExecutorKey
    let info: ExecutorInfo
    let containerID: ContainerID
    /// Seconds since the epoch.
    let launchTime: Double
    let limits: Limits
    var state = State.registering
    var isConnected = false
    /// Not given to the executor yet, oldest first.
    var queued: [TaskInfo] = []
    /// Given to the executor and not over; true: it has sent an update.
    var launched: [TaskID: Bool] = [:]
    /// Of the executor's process, once it runs.
    var pid: Int32?
    var checkpointed: Set<TaskID> = []
    /// Updates on their way to the disk, by uuid.
    var unacknowledged: [String: TaskID] = [:]
    var remembered: [String] = []
    /// Kills that the executor has not heard of because it is not connected.
    var pendingKills: [TaskID: KillPolicy?] = [:]
    var deadline: ContinuousClock.Instant?
    var heartbeat: ContinuousClock.Instant?
    var ending: Ending?

    /// A new executor.
    init(
        _ key: ExecutorKey, _ info: ExecutorInfo, containerID: ContainerID, launchTime: Double, limits: Limits, now: ContinuousClock.Instant
    ) {
        self.key = key
        self.info = info
        self.containerID = containerID
        self.launchTime = launchTime
        self.limits = limits
        deadline = now + limits.registration.value
    }

    /// One that an earlier process of this agent launched.
    /// - Parameters:
    ///   - tasks: those that are not over; true: it has sent an update.
    ///   - updates: uuids of the executor's updates on disk, oldest first.
    static func recovered(
        _ key: ExecutorKey, _ info: ExecutorInfo, containerID: ContainerID, launchTime: Double, limits: Limits,
        tasks: [TaskID: Bool], updates: [String], now: ContinuousClock.Instant
    ) -> ExecutorMachine {
        var machine = ExecutorMachine(key, info, containerID: containerID, launchTime: launchTime, limits: limits, now: now)
        machine.launched = tasks
        machine.remembered = Array(updates.suffix(rememberedUpdates))
        // One that was never heard of may still be starting.
        if !updates.isEmpty {
            machine.deadline = now + limits.reregistration.value
            machine.ending = Ending(
                state: .lost, reason: "REASON_EXECUTOR_REREGISTRATION_TIMEOUT",
                message: "Executor did not re-register within \(limits.reregistration)")
        }
        return machine
    }

    var isOver: Bool { state == .terminating || state == .terminated }

    var shutdownGrace: Duration {
        guard let nanoseconds = info.shutdown_grace_period?.nanoseconds else { return limits.shutdownGracePeriod.value }
        return .nanoseconds(max(0, min(nanoseconds, 7 * 86_400_000_000_000)))
    }

    // MARK: Tasks

    /// Must not be called when `isOver`.
    mutating func launch(_ task: TaskInfo) { queued.append(task) }

    /// The task's checkpoint is on disk.
    mutating func checkpointed(_ task: TaskID) -> [Action] {
        guard queued.contains(where: { $0.task_id == task }) else { return [] }
        checkpointed.insert(task)
        return release()
    }

    /// The task cannot be checkpointed.
    mutating func refused(_ task: TaskID, _ ending: Ending) -> [Action] {
        guard remove(queued: task) else { return [] }
        return [.end(task, ending)] + release() + endIfUnused()
    }

    mutating func kill(_ task: TaskID, _ policy: KillPolicy?) -> [Action] {
        guard !isOver else { return [] }
        if remove(queued: task) {
            let ending =
                state == .registering
                ? Ending(state: .killed, reason: "REASON_EXECUTOR_UNREGISTERED", message: "Unregistered executor")
                : Ending(state: .killed, reason: nil, message: "Task killed when it was queued")
            return [.end(task, ending)] + release() + endIfUnused()
        }
        guard launched[task] != nil else { return [] }
        guard isConnected else {
            pendingKills[task] = .some(policy)
            return []
        }
        return [kill(event: task, policy)]
    }

    func kill(event task: TaskID, _ policy: KillPolicy?) -> Action {
        var event = ExecutorEvent(type: .kill)
        event.kill = .init(task_id: task, kill_policy: policy)
        return .tell(event)
    }

    mutating func remove(queued task: TaskID) -> Bool {
        guard let index = queued.firstIndex(where: { $0.task_id == task }) else { return false }
        queued.remove(at: index)
        checkpointed.remove(task)
        return true
    }

    /// An executor that never came and for which no task waits any more.
    mutating func endIfUnused() -> [Action] {
        guard state == .registering, queued.isEmpty, launched.isEmpty else { return [] }
        state = .terminating
        deadline = nil
        return [.destroy(grace: .zero)]
    }

    /// Gives the executor what is ready, without changing the order.
    mutating func release() -> [Action] {
        guard state == .running, isConnected else { return [] }
        var actions: [Action] = []
        while let task = queued.first, checkpointed.contains(task.task_id) {
            queued.removeFirst()
            checkpointed.remove(task.task_id)
            launched[task.task_id] = false
            var event = ExecutorEvent(type: .launch)
            event.launch = .init(task: task)
            actions.append(.tell(event))
        }
        return actions
    }

    // MARK: The executor's words

    /// - welcome: the SUBSCRIBED event.
    mutating func subscribed(_ call: ExecutorCall.Subscribe, welcome: ExecutorEvent, now: ContinuousClock.Instant) -> [Action] {
        guard !isOver else { return [.tell(ExecutorEvent(type: .shutdown)), .close] }
        state = .running
        isConnected = true
        deadline = nil
        ending = nil
        heartbeat = now + Self.heartbeatInterval
        var actions: [Action] = [.tell(welcome)]
        for update in call.unacknowledged_updates { actions += received(update.status) }
        let known = Set(call.unacknowledged_tasks.map(\.task_id))
        for task in launched.keys.sorted() where launched[task] == false && !known.contains(task) {
            launched[task] = nil
            pendingKills[task] = nil
            actions.append(
                .end(task, Ending(state: .lost, reason: "REASON_AGENT_RESTARTED", message: "Task launched during agent restart")))
        }
        for (task, policy) in pendingKills.sorted(by: { $0.key < $1.key }) { actions.append(kill(event: task, policy)) }
        pendingKills = [:]
        return actions + release()
    }

    /// The stream broke.
    mutating func disconnected() {
        isConnected = false
        heartbeat = nil
    }

    /// An UPDATE. One of a task that is over or unknown is acknowledged at once: nobody waits for it.
    mutating func received(_ status: TaskStatus) -> [Action] {
        guard let uuid = status.uuid, unacknowledged[uuid] == nil else { return [] }
        guard launched[status.task_id] != nil, !remembered.contains(uuid) else { return acknowledge(uuid, of: status.task_id) }
        unacknowledged[uuid] = status.task_id
        launched[status.task_id] = status.state.isTerminal ? nil : true
        if status.state.isTerminal { pendingKills[status.task_id] = nil }
        return [.accept(status)]
    }

    mutating func persisted(_ uuid: String) -> [Action] {
        guard let task = unacknowledged.removeValue(forKey: uuid) else { return [] }
        remembered.append(uuid)
        if remembered.count > Self.rememberedUpdates { remembered.removeFirst() }
        return acknowledge(uuid, of: task)
    }

    func acknowledge(_ uuid: String, of task: TaskID) -> [Action] {
        // Otherwise it asks again when it subscribes.
        guard isConnected else { return [] }
        var event = ExecutorEvent(type: .acknowledged)
        event.acknowledged = .init(task_id: task, uuid: uuid)
        return [.tell(event)]
    }

    /// A scheduler's message; best effort. - data: base64.
    func message(_ data: String) -> [Action] {
        guard state == .running, isConnected else { return [] }
        var event = ExecutorEvent(type: .message)
        event.message = .init(data: data)
        return [.tell(event)]
    }

    // MARK: Time

    mutating func tick(now: ContinuousClock.Instant) -> [Action] {
        var actions: [Action] = []
        if let due = heartbeat, now >= due, isConnected {
            heartbeat = now + Self.heartbeatInterval
            actions.append(.tell(ExecutorEvent(type: .heartbeat)))
        }
        guard let due = deadline, now >= due else { return actions }
        deadline = nil
        if state == .registering {
            state = .terminating
            ending =
                ending
                ?? Ending(
                    state: .failed, reason: "REASON_EXECUTOR_REGISTRATION_TIMEOUT",
                    message: "Executor did not register within \(limits.registration)")
        }
        return actions + [.destroy(grace: .zero)]
    }
}
