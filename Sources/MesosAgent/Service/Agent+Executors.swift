import FoundationEssentials
import Logging
import ResourceModel

// Custom executors: their calls and streams (contracts/mesos.md §9), their processes.
extension Agent {
    /// The stream of an executor.
    struct OpenStream: Sendable {
        var number: Int
        var stream: ExecutorStream
    }

    /// What the response to a subscription holds.
    struct ExecutorSubscription: Sendable {
        var stream: ExecutorStream
        var lease: ExecutorLease
    }

    /// A stream that nobody writes any more.
    struct EndedStream: Sendable {
        var key: ExecutorKey
        var number: Int
    }

    /// A SUBSCRIBE call, validated. The older stream of the executor, if any, ends.
    /// - Throws: `ExecutorRefusal`.
    func subscribe(_ key: ExecutorKey, _ call: ExecutorCall.Subscribe) async throws(ExecutorRefusal) -> ExecutorSubscription {
        try check(key, isSubscription: true)
        streams[key]?.stream.finish()
        nextStream += 1
        let ended = EndedStream(key: key, number: nextStream)
        let subscription = ExecutorSubscription(
            stream: ExecutorStream(), lease: ExecutorLease { [endedStreams = hands.endedStreams] in endedStreams.put(ended) })
        streams[key] = OpenStream(number: ended.number, stream: subscription.stream)
        logger.info("Executor subscribed", metadata: ["executor": "\(key)"])
        var info = info
        info.port = hands.port.current.value ?? info.port
        await apply(core.subscribed(key, call, agent: info, at: now))
        return subscription
    }

    /// Any other call, validated.
    /// - Throws: `ExecutorRefusal`.
    func call(_ key: ExecutorKey, _ call: ExecutorCall) async throws(ExecutorRefusal) {
        try check(key, isSubscription: false)
        if let update = call.update {
            await apply(core.updated(key, update.status, at: now))
        } else if let message = call.message {
            counters.validMessages += 1
            await apply(core.said(key, message.data))
        }
    }

    private func check(_ key: ExecutorKey, isSubscription: Bool) throws(ExecutorRefusal) {
        guard isRecovered else { throw ExecutorRefusal(status: 503, message: "Agent has not finished recovery") }
        if isStopping { throw ExecutorRefusal(status: 503, message: "Agent is shutting down") }
        if let refusal = core.refusal(of: key, isSubscription: isSubscription) { throw refusal }
    }

    func ended(_ ended: EndedStream) {
        guard streams[ended.key]?.number == ended.number else { return }
        streams[ended.key] = nil
        core.executorDisconnected(ended.key)
    }

    func tell(_ key: ExecutorKey, _ event: ExecutorEvent) {
        guard let subscription = streams[key] else { return }
        guard !subscription.stream.send(event) else { return }
        // It does not read: it may subscribe again and tell what it has.
        logger.warning("An executor does not read its events; its stream is closed", metadata: ["executor": "\(key)"])
        streams[key] = nil
        core.executorDisconnected(key)
    }

    func close(_ key: ExecutorKey) { streams.removeValue(forKey: key)?.stream.finish() }

    /// The agent ends, its executors go on: a server waits for its open responses, so their streams end first.
    func stop() {
        isStopping = true
        for key in Array(streams.keys) { close(key) }
    }

    // MARK: Processes

    /// What happens to the process of a custom executor.
    func handle(_ event: TaskSupervision.Event, ofExecutor key: ExecutorKey) async {
        switch event {
        case .started(let pid):
            logger.info("Executor started", metadata: ["executor": "\(key)", "pid": "\(pid)"])
            core.executorStarted(key, pid: pid)
        case .failed(let failure):
            counters.launchErrors += 1
            counters.terminatedExecutors += 1
            logger.warning("An executor failed to start", metadata: ["executor": "\(key)", "reason": "\(failure)"])
            await apply(core.executorFailed(key, failure, at: now))
        case .exited(let end, _):
            counters.terminatedExecutors += 1
            logger.info("Executor ended", metadata: ["executor": "\(key)", "end": "\(end)"])
            await apply(core.executorExited(key, end, at: now))
        case .health, .checkpointed: break
        }
    }

    func launch(_ machine: ExecutorMachine, of framework: FrameworkInfo) {
        guard let agent = core.agentID else { return }
        let run = TaskRun(agent: agent, key: machine.key.process, container: machine.containerID)
        executorRuns[machine.key] = run
        knownFrameworks[machine.key.framework] = framework
        hands.executors.launch(machine.processTask(agent), of: framework, run: run)
    }

    func checkpoint(_ task: AgentTask, of framework: FrameworkInfo, container resources: [Resource]) {
        guard let agent = core.agentID, let executor = task.executorKey else { return }
        let run = TaskRun(agent: agent, key: task.key, container: task.containerID, executor: executor.executor)
        runs[task.key] = run
        hands.supervision.checkpoint(task, of: framework, run: run, size: size(resources))
    }

    func resize(_ key: ExecutorKey, to resources: [Resource]) {
        guard let run = executorRuns[key] else { return }
        hands.supervision.resize(run.container, size(resources))
    }

    private func size(_ resources: [Resource]) -> ContainerSizes.Size {
        nextSize += 1
        return ContainerSizes.Size(resources: resources, number: nextSize)
    }

    func complete(_ machine: ExecutorMachine) async {
        guard let run = executorRuns.removeValue(forKey: machine.key) else { return }
        remember(machine.key, machine.info, machine.launchTime, run)
        await mark(run, "\(machine.key)") { store in try store.markComplete(run) }
    }

    func remember(_ key: ExecutorKey, _ info: ExecutorInfo, _ launched: Double, _ run: TaskRun) {
        completedExecutors.append(
            CompletedExecutor(key: key, info: info.withoutSecrets, launched: launched, framework: knownFrameworks[key.framework], run: run))
        if completedExecutors.count > Self.maximumCompleted { completedExecutors.removeFirst() }
        hands.collector.schedule(run)
    }

    // MARK: Recovery

    func recover(_ found: [TaskStore.FoundExecutor], isRebooted: Bool) async {
        for executor in found {
            knownFrameworks[executor.key.framework] = executor.framework
            var updates: [String] = []
            for found in executor.tasks {
                let task = replay(found.checkpoint, found.updates, found.run)
                updates += found.updates.compactMap { entry in
                    if case .update(let status) = entry, status.source == "SOURCE_EXECUTOR" { status.uuid } else { nil }
                }
                if found.isComplete || executor.isComplete {
                    remember(task, found.run, executor.framework)
                } else {
                    runs[found.run.key] = found.run
                    await apply(core.recover(task, of: executor.framework))
                }
            }
            if executor.isComplete {
                remember(executor.key, executor.executor, executor.launched, executor.run)
                continue
            }
            executorRuns[executor.key] = executor.run
            core.recover(
                executor.key, executor.executor, containerID: executor.run.container, launchTime: executor.launched,
                of: executor.framework, updates: updates, at: now)
            guard let machine = core.executors[executor.key] else { continue }
            hands.executors.resume(
                machine.processTask(executor.run.agent), of: executor.framework, run: executor.run, isRebooted: isRebooted)
            resize(executor.key, to: core.resources(of: machine))
        }
    }
}

extension ExecutorMachine {
    /// The executor's process, for those who prepare and supervise processes.
    func processTask(_ agent: AgentID) -> AgentTask {
        var task = TaskInfo(
            name: info.name ?? key.executor.value, task_id: key.process.task, agent_id: agent, resources: info.resources)
        task.command = info.command
        task.container = info.container
        var process = AgentTask(key: key.process, info: task, containerID: containerID, launched: launchTime)
        process.process = info
        return process
    }
}

extension ExecutorInfo {
    /// What may be kept of an executor that is over.
    var withoutSecrets: ExecutorInfo {
        var info = self
        info.command.environment = nil
        info.data = nil
        return info
    }
}

extension TaskInfo {
    /// What may be kept of a task that is over.
    var withoutSecrets: TaskInfo {
        var info = self
        info.command?.environment = nil
        info.executor = executor?.withoutSecrets
        info.data = nil
        return info
    }
}
