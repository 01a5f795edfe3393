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
    var epoch: Int64
    var isConnected = false
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
    var answers: [TaskKey: StatusUpdateStream] = [:]
    /// Set by an order to shut down, until everything is dead.
    var isShuttingDown = false
    var random: SystemOrSeededGenerator

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
        case .memory(let limit, let used, let statistics):
            let message = TaskEnd.memoryMessage(limit: limit, used: used, statistics: statistics)
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
        actions += endOverdue(at: now)
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

    mutating func resend(at now: Moment, where isIncluded: (TaskKey) -> Bool) -> [AgentAction] {
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
}
