import ClusterState
import FoundationEssentials
import ResourceModel

// What is told of tasks: each update becomes the newest of its task's stream and record.
extension AgentCore {
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

    mutating func update(
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

    mutating func answerLost(_ key: TaskKey, _ message: String, _ reason: String, at now: Moment) -> [AgentAction] {
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

    func send(_ key: TaskKey, _ status: TaskStatus, latest: TaskState) -> AgentAction {
        .send(AgentReport.Update(framework_id: key.framework, status: status, latest_state: latest))
    }

    mutating func complete(_ key: TaskKey) -> [AgentAction] {
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
    mutating func newUUID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return Data(bytes).base64EncodedString()
    }
}
