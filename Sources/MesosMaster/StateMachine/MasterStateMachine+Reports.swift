import Allocator
import ClusterState
import ResourceModel

// Status updates: from agents to schedulers, acknowledgements back (contracts/mesos.md §11.3).
extension MasterStateMachine {
    mutating func agentReported(_ request: RequestID, _ report: AgentReport, now: Moment) {
        guard isLeading else { return emit(.reply(request, .lostLeadership)) }
        guard report.epoch == epoch else {
            return emit(.reply(request, Reply(status: 409, message: "Epoch \(report.epoch) is not the leader's epoch \(epoch)")))
        }
        guard agents[report.agent_id]?.link != nil else {
            return emit(.reply(request, .forbidden("Agent \(report.agent_id) holds no stream")))
        }
        var freed = false
        for update in report.updates {
            metrics.count("messages_status_update")
            freed = take(update, from: report.agent_id, now: now) || freed
        }
        for message in report.messages { executorSaid(message, on: report.agent_id) }
        for exit in report.exits { freed = executorExited(exit, on: report.agent_id) || freed }
        emit(.reply(request, .accepted))
        if freed { allocate(on: [report.agent_id], now: now) }
    }

    /// - Returns: whether resources became free.
    private mutating func take(_ update: AgentReport.Update, from agent: AgentID, now: Moment) -> Bool {
        let id = update.framework_id
        var status = update.status
        status.agent_id = agent
        status.timestamp = status.timestamp ?? now.wall
        guard frameworks[id] != nil else {
            metrics.count("invalid_status_updates")
            guard isCompleted(id) else { return false }
            // Nobody will ever acknowledge it.
            acknowledge(status, framework: id, on: agent)
            if !update.latest_state.isTerminal { tell(agent, .shutdownFramework) { $0.framework_id = id } }
            return false
        }
        guard var task = frameworks[id]?.tasks[status.task_id], task.agent == agent else {
            if let done = frameworks[id]?.completedTasks[status.task_id], done.record.status_update?.uuid == status.uuid {
                acknowledge(status, framework: id, on: agent)
            } else {
                forward(status, to: id)
            }
            return false
        }
        metrics.count("valid_status_updates")
        let wasCharged = task.isCharged
        if !task.record.state.isTerminal {
            task.record.state = update.latest_state
            if update.latest_state.isTerminal { countTerminal(status, state: update.latest_state) }
        }
        if status.uuid == nil || task.record.status_update?.uuid != status.uuid {
            task.append(status, now: now)
            task.record.status_update = .init(state: status.state, uuid: status.uuid)
        }
        if forward(status, to: id) { task.forwarded = status.state }
        put(task)
        if task.record.state.isTerminal { forgetKill(of: task) }
        return wasCharged && task.record.state.isTerminal
    }

    private mutating func acknowledge(_ status: TaskStatus, framework: FrameworkID, on agent: AgentID) {
        guard let uuid = status.uuid else { return }
        tell(agent, .acknowledge) {
            $0.framework_id = framework
            $0.task_id = status.task_id
            $0.uuid = uuid
        }
    }

    @discardableResult
    mutating func forward(_ status: TaskStatus, to framework: FrameworkID) -> Bool {
        guard let stream = frameworks[framework]?.stream else { return false }
        var event = SchedulerEvent(type: .update)
        event.update = .init(status: status)
        emit(.tellScheduler(stream, event))
        return true
    }

    /// A scheduler's ACKNOWLEDGE.
    mutating func acknowledged(_ call: SchedulerCall.Acknowledge, framework id: FrameworkID) {
        guard agents[call.agent_id]?.link != nil else {
            // The agent sends the update again when it is back.
            return metrics.count("invalid_status_update_acknowledgements")
        }
        metrics.count("valid_status_update_acknowledgements")
        tell(call.agent_id, .acknowledge) {
            $0.framework_id = id
            $0.task_id = call.task_id
            $0.uuid = call.uuid
        }
        guard let task = frameworks[id]?.tasks[call.task_id], let update = task.record.status_update, update.uuid == call.uuid,
            update.state.isTerminal
        else { return }
        complete(task)
    }

    // MARK: Updates made by the master: no uuid, never acknowledged (contract §8.5)

    func masterStatus(
        _ task: TaskID, _ state: TaskState, agent: AgentID?, reason: String, message: String, now: Moment
    ) -> TaskStatus {
        var status = TaskStatus(task_id: task, state: state)
        status.agent_id = agent
        status.source = "SOURCE_MASTER"
        status.reason = reason
        status.message = message
        status.timestamp = now.wall
        return status
    }

    /// Ends a known task as lost and tells its framework.
    mutating func lose(_ task: TaskEntry, reason: String, message: String, now: Moment) {
        var lost = task
        let status = masterStatus(task.record.id, .lost, agent: task.agent, reason: reason, message: message, now: now)
        lost.record.state = .lost
        lost.append(status, now: now)
        countTerminal(status, state: .lost)
        forward(status, to: task.record.framework_id)
        complete(lost)
    }

    mutating func countTerminal(_ status: TaskStatus, state: TaskState) {
        let name = state.metricName
        metrics.count("tasks_\(name)")
        let source = (status.source ?? "SOURCE_AGENT").dropFirst("SOURCE_".count).lowercased().replacing("agent", with: "slave")
        guard let reason = status.reason?.lowercased().replacing("agent", with: "slave") else { return }
        metrics.count("task_\(name)/source_\(source)/\(reason)")
    }

    // MARK: Reconciliation (contract §11.4)

    mutating func reconcile(_ call: SchedulerCall.Reconcile, framework id: FrameworkID, now: Moment) {
        guard let framework = frameworks[id] else { return }
        if call.tasks.isEmpty {
            for task in framework.tasks.values.sorted(by: { $0.record.id < $1.record.id }) {
                forward(latestState(of: task, now: now), to: id)
            }
            return
        }
        let anyInTransition = agents.values.contains { $0.isInTransition } || !admissions.isEmpty
        for asked in call.tasks {
            if let task = framework.tasks[asked.task_id] {
                forward(latestState(of: task, now: now), to: id)
            } else if let agent = asked.agent_id, let entry = agents[agent], !entry.isInTransition {
                forward(
                    masterStatus(
                        asked.task_id, fate(.gone, for: id), agent: agent, reason: "REASON_RECONCILIATION",
                        message: "Reconciliation: Task is unknown to the agent", now: now), to: id)
            } else if let agent = asked.agent_id, let record = unreachableAgents[agent] {
                var status = masterStatus(
                    asked.task_id, fate(.unreachable, for: id), agent: agent, reason: "REASON_RECONCILIATION",
                    message: "Reconciliation: Task is unreachable", now: now)
                if status.state == .unreachable {
                    status.unreachable_time = record.unreachable_time.map { TimeInfo(nanoseconds: Int64($0 * 1e9)) }
                }
                forward(status, to: id)
            } else if let agent = asked.agent_id, isInTransition(agent) {
                continue  // Silence is legal, a wrong LOST is not.
            } else if asked.agent_id == nil && anyInTransition {
                continue
            } else {
                forward(
                    masterStatus(
                        asked.task_id, fate(.unknown, for: id), agent: asked.agent_id, reason: "REASON_RECONCILIATION",
                        message: "Reconciliation: Task is unknown", now: now), to: id)
            }
        }
    }

    private func isInTransition(_ agent: AgentID) -> Bool {
        agents[agent]?.isInTransition ?? admissions.values.contains { $0.record.agent_id == agent }
    }

    private func latestState(of task: TaskEntry, now: Moment) -> TaskStatus {
        var status = masterStatus(
            task.record.id, task.forwarded ?? task.record.state, agent: task.agent, reason: "REASON_RECONCILIATION",
            message: "Reconciliation: Latest task state", now: now)
        let last = task.record.statuses.last { $0.state == status.state }
        status.healthy = last?.healthy
        status.container_status = last?.container_status
        status.labels = last?.labels.map { Labels($0) }
        return status
    }
}

extension TaskState {
    /// As in the names of metrics: `running`.
    var metricName: String { rawValue.dropFirst("TASK_".count).lowercased() }
}
