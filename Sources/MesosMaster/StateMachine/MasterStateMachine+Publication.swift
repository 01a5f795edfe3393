import ClusterState
import ResourceModel

// What operators' streams hear (contracts/mesos.md §10); nothing is made up while nobody listens.
extension MasterStateMachine {
    private mutating func publish(_ kind: OperatorEvent.Kind, _ fill: (inout OperatorEvent) -> Void) {
        var event = OperatorEvent(type: kind)
        fill(&event)
        emit(.publish(event))
    }

    /// Call before a task is stored: TASK_ADDED for one that was not there, TASK_UPDATED for a new status or state.
    mutating func publishNews(of task: inout TaskEntry) {
        let news = task.news
        task.news = nil
        guard isObserved else { return }
        let record = task.record
        guard let old = frameworks[record.framework_id]?.tasks[record.id] else {
            let description = task.description
            return publish(.taskAdded) { $0.task_added = .init(task: description) }
        }
        guard news != nil || old.record.state != record.state else { return }
        var status = news ?? task.description.statuses.last ?? TaskStatus(task_id: record.id, state: record.state)
        // It may be large, and is the framework's.
        status.data = nil
        let agent = task.agent
        publish(.taskUpdated) {
            $0.task_updated = .init(
                task_id: record.id, framework_id: record.framework_id, agent_id: agent,
                executor_id: record.executor_id.isEmpty ? nil : ExecutorID(record.executor_id), state: record.state, status: status)
        }
    }

    mutating func publishAgentAdded(_ id: AgentID) {
        guard isObserved, let entry = agents[id] else { return }
        let agent = OperatorView(machine: self).agent(entry)
        publish(.agentAdded) { $0.agent_added = .init(agent: agent) }
    }

    mutating func publishAgentRemoved(_ id: AgentID) {
        guard isObserved else { return }
        publish(.agentRemoved) { $0.agent_removed = .init(agent_id: id) }
    }

    /// - kind: FRAMEWORK_ADDED or FRAMEWORK_UPDATED.
    mutating func publishFramework(_ id: FrameworkID, _ kind: OperatorEvent.Kind) {
        guard isObserved, let entry = frameworks[id] else { return }
        let change = OperatorEvent.FrameworkChanged(framework: OperatorView(machine: self).framework(entry))
        publish(kind) {
            if kind == .frameworkAdded { $0.framework_added = change } else { $0.framework_updated = change }
        }
    }

    mutating func publishFrameworkRemoved(_ record: FrameworkRecord) {
        guard isObserved else { return }
        var info = record.info
        info.id = record.id
        publish(.frameworkRemoved) { $0.framework_removed = .init(framework_info: info) }
    }
}
