import ClusterState
import FoundationEssentials
import ResourceModel

/// All decisions of an agent: what happens comes in, what is to be done goes out. No clock, no I/O.
struct AgentCore: Sendable {
    /// When an event happens.
    struct Moment: Sendable, Hashable {
        var instant: ContinuousClock.Instant
        /// Seconds since the epoch.
        var time: Double
    }

    var agentID: AgentID?
    /// Dotted IPv4 text: the address of tasks that use the host's network.
    let ip: String
    /// The highest epoch seen: commands of a lower one come from a master that has been replaced.
    private(set) var epoch: Int64
    private(set) var isConnected = false
    var frameworks: [FrameworkID: FrameworkInfo] = [:]
    var tasks: [TaskKey: AgentTask] = [:]
    /// Custom executors, until all their tasks are acknowledged.
    var executors: [ExecutorKey: ExecutorMachine] = [:]
    /// Wait statuses of executors that ended while no master could be told.
    var untoldExits: [ExecutorKey: Int] = [:]
    let limits: ExecutorMachine.Limits
    /// The dynamic reservations and persistent volumes that are on disk.
    var checkpointedResources: [Resource]
    /// Answers about tasks that are not here; not worth a disk.
    private var answers: [TaskKey: StatusUpdateStream] = [:]
    /// Set by an order to shut down, until everything is dead.
    private(set) var isShuttingDown = false
    private var random: SystemOrSeededGenerator

    init(
        agentID: AgentID?, ip: String, epoch: Int64, limits: ExecutorMachine.Limits = .init(), checkpointedResources: [Resource] = [],
        seed: UInt64? = nil
    ) {
        self.agentID = agentID
        self.limits = limits
        self.checkpointedResources = checkpointedResources
        self.ip = ip
        self.epoch = epoch
        random = SystemOrSeededGenerator(seed: seed)
    }

    // MARK: Connection

    /// What the agent tells a leader first. Nil while it must not register.
    func registration(info: AgentInfo, pid: String, incarnation: Int, version: String) -> AgentRegistration? {
        guard !isShuttingDown else { return nil }
        var info = info
        info.id = agentID
        return AgentRegistration(
            agent_info: info, pid: pid, incarnation: incarnation, version: version,
            tasks: tasks.values.sorted { $0.key.description < $1.key.description }.map {
                .init(framework_id: $0.key.framework, task: $0.info, state: $0.state, statuses: $0.statuses)
            },
            frameworks: frameworks.values.sorted { ($0.id?.value ?? "") < ($1.id?.value ?? "") },
            executors: executors.values.filter { $0.state != .terminated }.sorted { $0.key < $1.key }.map {
                .init(framework_id: $0.key.framework, executor: $0.info)
            },
            checkpointed_resources: checkpointedResources)
    }

    mutating func disconnected() { isConnected = false }

    /// False: the command comes from a deposed master, drop the connection.
    mutating func admits(epoch offered: Int64) -> Bool {
        guard offered >= epoch else { return false }
        epoch = offered
        return true
    }

    // MARK: Commands

    /// - containerID: makes the ids of new containers.
    mutating func handle(_ command: AgentCommand, at now: Moment, containerID: () -> ContainerID) -> [AgentAction] {
        guard admits(epoch: command.epoch) else { return [] }
        switch command.type {
        case .registered: return registered(command.agent_id, republish: command.republish ?? false, at: now)
        case .ping: return []
        case .launch:
            guard let framework = command.framework_info else { return [] }
            return (command.tasks ?? []).flatMap { launch($0, of: framework, containerID: containerID(), at: now) }
        case .kill:
            guard let task = command.task_id, let framework = command.framework_id else { return [] }
            return kill(TaskKey(framework: framework, task: task), command.kill_policy, .framework, at: now)
        case .acknowledge:
            guard let task = command.task_id, let framework = command.framework_id, let uuid = command.uuid else { return [] }
            return acknowledge(TaskKey(framework: framework, task: task), uuid, at: now)
        case .shutdownFramework:
            guard let framework = command.framework_id else { return [] }
            return tasks.keys.filter { $0.framework == framework }.sorted { $0.description < $1.description }
                .flatMap { kill($0, nil, .frameworkRemoved, at: now) }
                + executors.keys.filter { $0.framework == framework }.sorted().flatMap { shutdownExecutor($0, at: now) }
        case .resendUpdates:
            return resend(at: now) { $0.framework == command.framework_id }
        case .reconcile:
            return (command.expected ?? []).flatMap { expected -> [AgentAction] in
                let key = TaskKey(framework: expected.framework_id, task: expected.task_id)
                guard tasks[key] == nil else { return [] }
                return answerLost(key, "Reconciliation: task unknown to the agent", "REASON_RECONCILIATION", at: now)
            }
        case .message:
            guard let key = executorKey(of: command), let data = command.data else { return [] }
            return message(key, data, at: now)
        case .shutdownExecutor:
            guard let key = executorKey(of: command) else { return [] }
            return shutdownExecutor(key, at: now)
        case .checkpointResources:
            checkpointedResources = command.resources ?? []
            return []
        case .shutdown:
            isShuttingDown = true
            answers = [:]
            let orders =
                tasks.keys.sorted { $0.description < $1.description }.flatMap { kill($0, nil, .agentRemoved, at: now) }
                + executors.keys.sorted().flatMap { shutdownExecutor($0, at: now) }
            return orders + forgetIfDead()
        }
    }

    private mutating func registered(_ id: AgentID?, republish: Bool, at now: Moment) -> [AgentAction] {
        guard let id, !isShuttingDown, agentID == nil || agentID == id else { return [] }
        isConnected = true
        agentID = id
        return [.adopt(id)] + (republish ? [.republish] : []) + resend(at: now) { _ in true } + tellExits()
    }

    private func executorKey(of command: AgentCommand) -> ExecutorKey? {
        guard let framework = command.framework_id, let executor = command.executor_id else { return nil }
        return ExecutorKey(framework: framework, executor: executor)
    }

    private mutating func launch(_ info: TaskInfo, of framework: FrameworkInfo, containerID: ContainerID, at now: Moment)
        -> [AgentAction]
    {
        guard let frameworkID = framework.id, !isShuttingDown else { return [] }
        let key = TaskKey(framework: frameworkID, task: info.task_id)
        // The same order twice (the first may have come over a connection that broke).
        guard tasks[key] == nil else { return [] }
        // Ids become names of directories.
        let run = TaskRun(agent: agentID ?? "", key: key, container: containerID, executor: info.executor?.executor_id)
        if let reason = run.invalidity {
            return answer(key, .error, reason, "REASON_TASK_INVALID", at: now) + exitOfUnlaunched(info, framework: frameworkID)
        }
        if let reason = problemWithResources(of: info) {
            return answer(key, .lost, reason, "REASON_RESOURCES_UNKNOWN", at: now) + exitOfUnlaunched(info, framework: frameworkID)
        }
        answers[key] = nil
        if let executor = info.executor {
            return launchInExecutor(info, executor, key, of: framework, containerID: containerID, at: now)
        }
        frameworks[frameworkID] = framework
        var task = AgentTask(key: key, info: info, containerID: containerID, launched: now.time)
        task.record(staging(task, at: now))
        tasks[key] = task
        return [.publish(record(of: task)), .launch(task, framework)]
    }

    /// What `statuses` holds before the first update; never sent.
    func staging(_ task: AgentTask, at now: Moment) -> TaskStatus {
        var status = TaskStatus(task_id: task.key.task, state: .staging)
        status.timestamp = now.time
        return status
    }

    private mutating func kill(_ key: TaskKey, _ policy: KillPolicy?, _ cause: AgentTask.KillCause, at now: Moment) -> [AgentAction] {
        guard var task = tasks[key] else {
            guard cause == .framework else { return [] }
            return answerLost(key, "Cannot find executor", "REASON_EXECUTOR_TERMINATED", at: now)
        }
        let isFirst = task.killCause == nil
        // A framework or agent that is gone outranks a wish.
        if isFirst || cause == .frameworkRemoved || cause == .agentRemoved { task.killCause = cause }
        tasks[key] = task
        if task.phase == .terminated {
            guard cause == .frameworkRemoved || cause == .agentRemoved else { return [] }
            return complete(key)
        }
        if let executor = task.executorKey {
            // Other causes end the executor as a whole.
            return cause == .framework ? with(executor, at: now) { $0.kill(key.task, policy) } : []
        }
        var actions: [AgentAction] = []
        if isFirst, cause == .framework, case .running = task.phase,
            frameworks[key.framework]?.capabilities.contains(where: { $0.type == "TASK_KILLING_STATE" }) == true
        {
            actions += update(key, .killing, at: now)
        }
        return actions + [.kill(key, grace: task.grace(policy))]
    }

    private mutating func acknowledge(_ key: TaskKey, _ uuid: String, at now: Moment) -> [AgentAction] {
        if var stream = answers[key] {
            _ = stream.acknowledge(uuid, now: now.instant)
            answers[key] = stream.isFinished ? nil : stream
            return stream.isFinished && tasks[key] == nil ? [.retract(key)] : []
        }
        guard var task = tasks[key] else { return [] }
        let actions = task.stream.acknowledge(uuid, now: now.instant)
        tasks[key] = task
        return carry(actions, for: key)
    }

    // MARK: Tasks

    mutating func started(_ key: TaskKey, pid: Int32, at now: Moment) -> [AgentAction] {
        guard tasks[key]?.phase == .launching else { return [] }
        tasks[key]?.phase = .running(pid: pid)
        return update(key, .running, at: now)
    }

    /// The task never ran.
    mutating func failed(_ key: TaskKey, _ failure: LaunchFailure, at now: Moment) -> [AgentAction] {
        guard let task = tasks[key], task.phase == .launching else { return [] }
        tasks[key]?.phase = .terminated
        if task.killCause != nil {
            return terminal(key, .killed, "Task killed before it was launched", "REASON_EXECUTOR_UNREGISTERED", at: now)
        }
        switch failure {
        case .container(let why):
            return terminal(key, .failed, "Failed to launch container: \(why)", "REASON_CONTAINER_LAUNCH_FAILED", at: now)
        case .invalid(let why):
            return terminal(key, .error, why, "REASON_TASK_INVALID", at: now)
        case .execution(let why):
            return terminal(key, .failed, why, nil, at: now)
        }
    }

    mutating func exited(_ key: TaskKey, _ end: TaskEnd, wasKilled: Bool, at now: Moment) -> [AgentAction] {
        guard let task = tasks[key], task.phase != .terminated else { return [] }
        tasks[key]?.phase = .terminated
        let killed = wasKilled || task.killCause != nil
        switch end {
        case .code(0) where task.killCause != .health: return terminal(key, .finished, "Command exited with status 0", nil, at: now)
        case .code(let code): return terminal(key, killed ? .killed : .failed, "Command exited with status \(code)", nil, at: now)
        case .signal(let signal):
            return terminal(
                key, killed ? .killed : .failed, "Command terminated with signal \(SignalName.text(signal))", nil, at: now)
        case .memory(let limit, let used):
            let message = "Memory limit exceeded: Requested: \(limit >> 20)MB Maximum Used: \(used >> 20)MB"
            return terminal(key, .failed, message, "REASON_CONTAINER_LIMITATION_MEMORY", at: now)
        case .limited(let why, let reason): return terminal(key, .failed, why, reason, at: now)
        case .lost(let why): return terminal(key, killed ? .killed : .failed, why, "REASON_EXECUTOR_TERMINATED", at: now)
        case .rebooted: return terminal(key, .lost, "The agent's host was rebooted", "REASON_AGENT_RESTARTED", at: now)
        }
    }

    /// A result of the task's health check that counts.
    mutating func health(_ key: TaskKey, _ action: HealthCheckMachine.Action, at now: Moment) -> [AgentAction] {
        guard let task = tasks[key], case .running = task.phase, task.killCause == nil else { return [] }
        switch action {
        case .report(let healthy): return update(key, .running, healthy: healthy, at: now)
        case .kill: return kill(key, nil, .health, at: now)
        }
    }

    mutating func persisted(_ key: TaskKey, _ uuid: String, at now: Moment) -> [AgentAction] {
        guard var task = tasks[key] else { return [] }
        let actions = task.stream.persisted(uuid, now: now.instant)
        tasks[key] = task
        let acknowledgement = task.executorKey.map { executor in with(executor, at: now) { $0.persisted(uuid) } } ?? []
        return acknowledgement + carry(actions, for: key)
    }

    // MARK: Time

    /// When `tick` has something to do.
    var deadline: ContinuousClock.Instant? {
        guard isConnected else { return nil }
        return (tasks.values.compactMap(\.stream.deadline) + answers.values.compactMap(\.deadline)).min()
    }

    mutating func tick(at now: Moment) -> [AgentAction] {
        var actions = executors.keys.sorted().flatMap { key in with(key, at: now) { $0.tick(now: now.instant) } }
        guard isConnected else { return actions }
        for key in tasks.keys {
            guard var task = tasks[key], let deadline = task.stream.deadline, deadline <= now.instant else { continue }
            let stream = task.stream.tick(now: now.instant)
            tasks[key] = task
            actions += carry(stream, for: key)
        }
        for key in answers.keys {
            guard var stream = answers[key] else { continue }
            for case .send(let status) in stream.tick(now: now.instant) { actions.append(send(key, status, latest: status.state)) }
            answers[key] = stream
        }
        return actions
    }

    private mutating func resend(at now: Moment, where isIncluded: (TaskKey) -> Bool) -> [AgentAction] {
        var actions: [AgentAction] = []
        for key in tasks.keys.filter(isIncluded).sorted(by: { $0.description < $1.description }) {
            guard var task = tasks[key] else { continue }
            let stream = task.stream.resend(now: now.instant)
            tasks[key] = task
            actions += carry(stream, for: key)
        }
        for key in answers.keys.filter(isIncluded) {
            guard var stream = answers[key] else { continue }
            for case .send(let status) in stream.resend(now: now.instant) { actions.append(send(key, status, latest: status.state)) }
            answers[key] = stream
        }
        return actions
    }

    // MARK: Recovery

    /// Takes over a task that an earlier process of this agent launched. Call before the first connection.
    mutating func recover(_ task: AgentTask, of framework: FrameworkInfo) -> [AgentAction] {
        frameworks[task.key.framework] = framework
        tasks[task.key] = task
        if task.stream.isFinished { return complete(task.key) }
        return [.publish(record(of: task))]
    }

    /// A record in ZooKeeper of a task that this agent knows nothing of: its framework is told that it is lost.
    mutating func recoverStray(_ stray: TaskRecord, at now: Moment) -> [AgentAction] {
        let key = TaskKey(framework: stray.framework_id, task: stray.id)
        guard tasks[key] == nil else { return [] }
        var record = stray
        record.state = .lost
        return [.publish(record)] + answerLost(key, "Task is unknown to the restarted agent", "REASON_AGENT_RESTARTED", at: now)
    }

    /// The id was forgotten: start over.
    mutating func forgot() {
        agentID = nil
        isShuttingDown = false
        isConnected = false
        frameworks = [:]
        tasks = [:]
        executors = [:]
        untoldExits = [:]
        answers = [:]
    }

    // MARK: Updates

    mutating func terminal(_ key: TaskKey, _ state: TaskState, _ message: String, _ reason: String?, at now: Moment)
        -> [AgentAction]
    {
        let cause = tasks[key]?.killCause
        var reason = reason
        if cause == .frameworkRemoved, state == .killed { reason = "REASON_FRAMEWORK_REMOVED" }
        return update(key, state, message: message, reason: reason, healthy: cause == .health ? false : nil, at: now) + settle(key)
    }

    /// After a terminal update: when nobody is left to acknowledge it, it is told once, as far as that goes, and done with.
    mutating func settle(_ key: TaskKey) -> [AgentAction] {
        guard let task = tasks[key], task.killCause == .frameworkRemoved || task.killCause == .agentRemoved else { return [] }
        var actions: [AgentAction] = []
        if task.killCause == .frameworkRemoved, isConnected, let status = task.statuses.last {
            actions.append(send(key, status, latest: task.state))
        }
        return actions + complete(key)
    }

    private mutating func update(
        _ key: TaskKey, _ state: TaskState, message: String? = nil, reason: String? = nil, healthy: Bool? = nil, at now: Moment
    ) -> [AgentAction] {
        guard var task = tasks[key] else { return [] }
        var status = TaskStatus(task_id: key.task, state: state)
        status.message = message
        status.reason = reason
        status.healthy = healthy
        status.agent_id = agentID
        status.executor_id = task.executorID
        // The command executor is a part of this agent.
        let isExecutors = task.executorKey == nil && (reason == nil || reason == "REASON_TASK_INVALID")
        status.source = isExecutors ? "SOURCE_EXECUTOR" : "SOURCE_AGENT"
        // Readers take the newest of a state: two updates must not bear the same time.
        status.timestamp = max(now.time, (task.statuses.last?.timestamp ?? 0) + 0.000001)
        status.uuid = newUUID()
        var container = ContainerStatus(network_infos: [NetworkInfo(ip_addresses: [.init(ip_address: ip)])])
        container.container_id = task.containerID
        if case .running(let pid) = task.phase { container.executor_pid = Int(pid) }
        status.container_status = container
        task.record(status)
        let actions = task.stream.append(status)
        tasks[key] = task
        return [.publish(record(of: task))] + carry(actions, for: key)
    }

    private mutating func answerLost(_ key: TaskKey, _ message: String, _ reason: String, at now: Moment) -> [AgentAction] {
        answer(key, .lost, message, reason, at: now)
    }

    mutating func answer(_ key: TaskKey, _ state: TaskState, _ message: String, _ reason: String, at now: Moment)
        -> [AgentAction]
    {
        guard answers[key] == nil, answers.count < 100_000 else { return [] }
        var status = TaskStatus(task_id: key.task, state: state)
        status.message = message
        status.reason = reason
        status.source = "SOURCE_AGENT"
        status.agent_id = agentID
        status.timestamp = now.time
        let uuid = newUUID()
        status.uuid = uuid
        var stream = StatusUpdateStream()
        _ = stream.append(status)
        let actions = stream.persisted(uuid, now: now.instant)
        answers[key] = stream
        guard isConnected else { return [] }
        return actions.compactMap { if case .send(let status) = $0 { send(key, status, latest: state) } else { nil } }
    }

    mutating func carry(_ actions: [StatusUpdateStream.Action], for key: TaskKey) -> [AgentAction] {
        actions.flatMap { action -> [AgentAction] in
            switch action {
            case .persist(let entry): return [.persist(key, entry)]
            case .send(let status): return isConnected ? [send(key, status, latest: tasks[key]?.state ?? status.state)] : []
            case .finished: return complete(key)
            }
        }
    }

    private func send(_ key: TaskKey, _ status: TaskStatus, latest: TaskState) -> AgentAction {
        .send(AgentReport.Update(framework_id: key.framework, status: status, latest_state: latest))
    }

    private mutating func complete(_ key: TaskKey) -> [AgentAction] {
        guard let task = tasks.removeValue(forKey: key) else { return [] }
        let executor = task.executorKey.map { finishIfDone($0) } ?? []
        forgetFrameworkIfUnused(key.framework)
        return [.retract(key), .complete(task)] + (executor.isEmpty ? forgetIfDead() : executor)
    }

    mutating func forgetFrameworkIfUnused(_ id: FrameworkID) {
        guard !tasks.keys.contains(where: { $0.framework == id }), !executors.keys.contains(where: { $0.framework == id }) else { return }
        frameworks[id] = nil
    }

    func forgetIfDead() -> [AgentAction] { isShuttingDown && tasks.isEmpty && executors.isEmpty ? [.forget] : [] }

    func record(of task: AgentTask) -> TaskRecord { task.taskRecord(user: frameworks[task.key.framework]?.user) }

    /// Sixteen random bytes with the version and variant of a random UUID, in base64.
    private mutating func newUUID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return Data(bytes).base64EncodedString()
    }
}
