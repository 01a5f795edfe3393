import FoundationEssentials
import ResourceModel

// Custom executors (contracts/mesos.md §9, §15.1): the core owns their tasks' streams and records, the machine of each
// executor what the executor has been told and still has to say.
extension AgentCore {
    // MARK: Orders

    mutating func launchInExecutor(
        _ info: TaskInfo, _ executor: ExecutorInfo, _ key: TaskKey, of framework: FrameworkInfo, containerID: ContainerID, at now: Moment
    ) -> [AgentAction] {
        let executorKey = ExecutorKey(framework: key.framework, executor: executor.executor_id)
        if let machine = executors[executorKey], machine.isOver {
            let refusal = answer(key, .lost, "Executor terminating/terminated", "REASON_EXECUTOR_TERMINATED", at: now)
            // The master has it in its books again.
            return refusal + (machine.state == .terminated ? reportExit(executorKey, status: -1) : [])
        }
        let isNew = executors[executorKey] == nil
        var machine =
            executors[executorKey]
            ?? ExecutorMachine(
                executorKey, executor, containerID: containerID, launchTime: now.time, limits: limits, now: now.instant)
        machine.launch(info)
        executors[executorKey] = machine
        frameworks[key.framework] = framework
        var task = AgentTask(key: key, info: info, containerID: machine.containerID, launched: now.time)
        task.record(staging(task, at: now))
        tasks[key] = task
        return [.publish(record(of: task))] + (isNew ? [.launchExecutor(machine, framework)] : [])
            + [.checkpoint(task, framework, resources(of: machine))]
    }

    /// Of an executor and its tasks that are not over (contract §15.1, 5).
    func resources(of machine: ExecutorMachine) -> [Resource] {
        machine.queued.reduce(machine.info.resources) { $0 + $1.resources }
            + machine.launched.keys.flatMap { tasks[TaskKey(framework: machine.key.framework, task: $0)]?.info.resources ?? [] }
    }

    mutating func shutdownExecutor(_ key: ExecutorKey, at now: Moment) -> [AgentAction] {
        with(key, at: now) { $0.shutdown(now: now.instant) }
    }

    mutating func message(_ key: ExecutorKey, _ data: String, at now: Moment) -> [AgentAction] {
        with(key, at: now) { $0.message(data) }
    }

    // MARK: The executor's words

    /// Why a call cannot be taken, in the order of contract §9; nil: it can.
    func refusal(of key: ExecutorKey, isSubscription: Bool) -> ExecutorRefusal? {
        guard frameworks[key.framework] != nil else { return ExecutorRefusal(status: 400, message: "Framework cannot be found") }
        guard let machine = executors[key], machine.state != .terminated else {
            return ExecutorRefusal(status: 400, message: "Executor cannot be found")
        }
        if !isSubscription, machine.state == .registering {
            return ExecutorRefusal(status: 403, message: "Executor is not subscribed")
        }
        return nil
    }

    /// Call `refusal` before.
    /// - agent: as executors see it.
    mutating func subscribed(_ key: ExecutorKey, _ call: ExecutorCall.Subscribe, agent: AgentInfo, at now: Moment) -> [AgentAction] {
        guard let machine = executors[key], let framework = frameworks[key.framework] else { return [] }
        var welcome = ExecutorEvent(type: .subscribed)
        var info = machine.info
        info.framework_id = key.framework
        var agent = agent
        agent.id = agentID
        welcome.subscribed = .init(executor_info: info, framework_info: framework, agent_info: agent, container_id: machine.containerID)
        return with(key, at: now) { $0.subscribed(call, welcome: welcome, now: now.instant) }
    }

    mutating func executorDisconnected(_ key: ExecutorKey) { executors[key]?.disconnected() }

    /// An UPDATE call, validated.
    mutating func updated(_ key: ExecutorKey, _ status: TaskStatus, at now: Moment) -> [AgentAction] {
        with(key, at: now) { $0.received(status) }
    }

    /// A MESSAGE call: forwarded while the master is there, best effort.
    func said(_ key: ExecutorKey, _ data: String) -> [AgentAction] {
        guard isConnected else { return [] }
        return [.sendMessage(AgentReport.Message(framework_id: key.framework, executor_id: key.executor, data: data))]
    }

    // MARK: Its process

    mutating func executorStarted(_ key: ExecutorKey, pid: Int32) { executors[key]?.pid = pid }

    mutating func executorFailed(_ key: ExecutorKey, _ failure: LaunchFailure, at now: Moment) -> [AgentAction] {
        with(key, at: now) { $0.failed(failure) }
    }

    mutating func executorExited(_ key: ExecutorKey, _ end: TaskEnd, at now: Moment) -> [AgentAction] {
        with(key, at: now) { $0.exited(end) }
    }

    /// - failure: why the task's checkpoint is not on disk.
    mutating func checkpointed(_ key: TaskKey, failure: LaunchFailure?, at now: Moment) -> [AgentAction] {
        guard let executor = tasks[key]?.executorKey else { return [] }
        guard let failure else { return with(executor, at: now) { $0.checkpointed(key.task) } }
        let ending = ExecutorMachine.Ending(
            state: .failed, reason: "REASON_CONTAINER_LAUNCH_FAILED", message: "Failed to launch container: \(failure)")
        return with(executor, at: now) { $0.refused(key.task, ending) }
    }

    // MARK: Recovery

    /// Takes over an executor of an earlier process of this agent, after its tasks.
    /// - updates: uuids of its updates on disk, oldest first.
    mutating func recover(
        _ key: ExecutorKey, _ info: ExecutorInfo, containerID: ContainerID, launchTime: Double, of framework: FrameworkInfo,
        updates: [String], at now: Moment
    ) {
        frameworks[key.framework] = framework
        var running: [TaskID: Bool] = [:]
        for task in tasks.values where task.executorKey == key && task.containerID == containerID && !task.state.isTerminal {
            running[task.key.task] = task.state != .staging
            if let began = task.statuses.first(where: { $0.state == .running })?.timestamp {
                let deadline = completionDeadline(of: task, since: began, at: now)
                tasks[task.key]?.completionDeadline = deadline
            }
        }
        executors[key] = .recovered(
            key, info, containerID: containerID, launchTime: launchTime, limits: limits, tasks: running,
            updates: updates, now: now.instant)
    }

    // MARK: Carrying out

    mutating func with(_ key: ExecutorKey, at now: Moment, _ change: (inout ExecutorMachine) -> [ExecutorMachine.Action])
        -> [AgentAction]
    {
        guard var machine = executors[key] else { return [] }
        let actions = change(&machine)
        executors[key] = machine
        return actions.flatMap { carry($0, key, at: now) }
    }

    private mutating func carry(_ action: ExecutorMachine.Action, _ key: ExecutorKey, at now: Moment) -> [AgentAction] {
        switch action {
        case .tell(let event): return [.tellExecutor(key, event)]
        case .close: return [.closeExecutor(key)]
        case .destroy(let grace): return [.destroyExecutor(key, grace: grace)]
        case .accept(let status): return accept(status, from: key, at: now)
        case .end(let task, let ending):
            let task = TaskKey(framework: key.framework, task: task)
            guard let known = tasks[task], known.phase != .terminated else { return [] }
            tasks[task]?.phase = .terminated
            let isOrdered = known.killCause == .frameworkRemoved || known.killCause == .agentRemoved
            return terminal(
                task, isOrdered ? .killed : ending.state, ending.message, ending.reason, at: now)
        case .exited(let status): return reportExit(key, status: status) + finishIfDone(key)
        }
    }

    /// An exit that cannot be told now is told after the next registration, which may have counted the executor as alive.
    mutating func reportExit(_ key: ExecutorKey, status: Int) -> [AgentAction] {
        guard isConnected else {
            if untoldExits.count < 1000 { untoldExits[key] = status }
            return []
        }
        return [.sendExit(AgentReport.ExecutorExit(framework_id: key.framework, executor_id: key.executor, status: status))]
    }

    mutating func tellExits() -> [AgentAction] {
        let exits = untoldExits
        untoldExits = [:]
        return exits.sorted { $0.key < $1.key }.flatMap { reportExit($0.key, status: $0.value) }
    }

    /// The executor's update becomes the newest of its task's stream. The agent fills what only it knows (contract §9).
    private mutating func accept(_ status: TaskStatus, from executor: ExecutorKey, at now: Moment) -> [AgentAction] {
        let key = TaskKey(framework: executor.framework, task: status.task_id)
        guard var task = tasks[key], !task.state.isTerminal else {
            // Over already: there is nothing to keep, and the executor must not wait.
            return status.uuid.map { uuid in with(executor, at: now) { $0.persisted(uuid) } } ?? []
        }
        var status = status
        if task.isOverdue, status.state == .killed, let longest = task.info.max_completion_time {
            status.state = .failed
            status.reason = TaskLimits.overdueReason
            status.message = TaskLimits.overdue(longest.nanoseconds)
        }
        if status.state == .running, task.completionDeadline == nil, !task.isOverdue {
            task.completionDeadline = completionDeadline(of: task, since: now.time, at: now)
        }
        status.agent_id = agentID
        status.executor_id = executor.executor
        // Readers take the newest of a state: two updates must not bear the same time.
        status.timestamp = max(status.timestamp ?? now.time, (task.statuses.last?.timestamp ?? 0) + 0.000001)
        var container = status.container_status ?? ContainerStatus()
        if container.network_infos.isEmpty { container.network_infos = [NetworkInfo(ip_addresses: [.init(ip_address: ip)])] }
        container.container_id = task.containerID
        container.executor_pid = executors[executor]?.pid.map(Int.init)
        status.container_status = container
        task.phase = status.state.isTerminal ? .terminated : .running(pid: executors[executor]?.pid ?? 0)
        task.record(status)
        let actions = task.stream.append(status)
        tasks[key] = task
        let resized = status.state.isTerminal ? resize(executor) : []
        return [.publish(record(of: task))] + carry(actions, for: key) + resized
            + (status.state.isTerminal ? settle(key) : [])
    }

    /// - since: when it began to run, seconds since the epoch; nothing but a restart of the agent reads a clock that can be set.
    private func completionDeadline(of task: AgentTask, since: Double, at now: Moment) -> ContinuousClock.Instant? {
        guard let longest = task.info.max_completion_time?.nanoseconds else { return nil }
        let left = Duration.nanoseconds(max(0, min(longest, 366 * 86_400_000_000_000))) - .seconds(max(0, now.time - since))
        return now.instant + max(.zero, left)
    }

    /// Orders to kill the tasks of executors that have run for too long.
    mutating func endOverdue(at now: Moment) -> [AgentAction] {
        var actions: [AgentAction] = []
        for (key, task) in tasks {
            guard let deadline = task.completionDeadline, deadline <= now.instant, let executor = task.executorKey else { continue }
            tasks[key]?.completionDeadline = nil
            tasks[key]?.isOverdue = true
            actions += with(executor, at: now) { $0.kill(key.task, nil) }
        }
        return actions
    }

    private func resize(_ key: ExecutorKey) -> [AgentAction] {
        guard let machine = executors[key], !machine.isOver else { return [] }
        return [.resizeExecutor(key, resources(of: machine))]
    }

    /// An executor that is over goes when all its tasks have.
    mutating func finishIfDone(_ key: ExecutorKey) -> [AgentAction] {
        guard let machine = executors[key], machine.state == .terminated, !tasks.values.contains(where: { $0.executorKey == key })
        else { return [] }
        executors[key] = nil
        forgetFrameworkIfUnused(key.framework)
        return [.completeExecutor(machine)] + forgetIfDead()
    }
}

/// The answer to a call of an executor that cannot be taken.
struct ExecutorRefusal: Error, Sendable, Hashable {
    var status: Int
    var message: String
}
