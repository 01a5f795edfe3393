import ClusterState
import ResourceModel

// What a leading master orders (ResourceModel/AgentLink.swift).
extension AgentCore {
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

    mutating func registered(_ id: AgentID?, republish: Bool, at now: Moment) -> [AgentAction] {
        guard let id, !isShuttingDown, agentID == nil || agentID == id else { return [] }
        isConnected = true
        agentID = id
        return [.adopt(id)] + (republish ? [.republish] : []) + resend(at: now) { _ in true } + tellExits()
    }

    func executorKey(of command: AgentCommand) -> ExecutorKey? {
        guard let framework = command.framework_id, let executor = command.executor_id else { return nil }
        return ExecutorKey(framework: framework, executor: executor)
    }

    mutating func launch(_ info: TaskInfo, of framework: FrameworkInfo, containerID: ContainerID, at now: Moment)
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

    mutating func kill(_ key: TaskKey, _ policy: KillPolicy?, _ cause: AgentTask.KillCause, at now: Moment) -> [AgentAction] {
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

    mutating func acknowledge(_ key: TaskKey, _ uuid: String, at now: Moment) -> [AgentAction] {
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
}
