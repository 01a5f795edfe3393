import ClusterState
import FoundationEssentials
import ResourceModel

/// What the operator API of an agent tells of its frameworks, executors and tasks (contracts/mesos.md §20). Shapes as the
/// master's; tasks are split by how far they have come.
struct AgentAPIDocument {
    let snapshot: Agent.Snapshot
    let configuration: AgentConfiguration
    let start: AgentStart

    /// - kind: one of the calls for state.
    func value(of kind: AgentCall.Kind) throws -> JSONValue {
        switch kind {
        case .getTasks: try tasks()
        case .getExecutors: try executors()
        case .getFrameworks: try frameworks()
        case .getAgent: .object([("agent_info", try .message(agentInfo))])
        default:
            .object([("get_tasks", try tasks()), ("get_executors", try executors()), ("get_frameworks", try frameworks())])
        }
    }

    private var agentInfo: AgentInfo {
        var info = start.info
        info.id = snapshot.agentID
        return info
    }

    private func tasks() throws -> JSONValue {
        let executors = ExecutorView.all(snapshot)
        func list(_ entries: [ExecutorView.Entry]) throws -> JSONValue {
            .array(try entries.map { try .message(description(of: $0.task)) })
        }
        return .object([
            ("pending_tasks", .array([])), ("queued_tasks", try list(executors.active.flatMap(\.queued))),
            ("launched_tasks", try list(executors.active.flatMap(\.running))),
            ("terminated_tasks", try list(executors.active.flatMap(\.terminated))),
            ("completed_tasks", try list((executors.active + executors.completed).flatMap(\.completed))),
        ])
    }

    private func description(of task: AgentTask) -> TaskDescription {
        let agent = snapshot.agentID ?? task.info.agent_id
        var result = TaskDescription(
            name: task.info.name, task_id: task.key.task, framework_id: task.key.framework, agent_id: agent, state: task.state,
            resources: task.info.resources)
        result.executor_id = task.info.executor?.executor_id
        result.statuses = task.statuses.filter { $0.state != .staging }
        result.labels = task.info.labels
        result.discovery = task.info.discovery
        result.container = task.info.container
        result.user = task.info.command?.user ?? snapshot.frameworks[task.key.framework]?.user
        return result
    }

    private func executors() throws -> JSONValue {
        let executors = ExecutorView.all(snapshot)
        func list(_ views: [ExecutorView]) throws -> JSONValue {
            .array(try views.map { .object([("executor_info", try .message($0.info))]) })
        }
        return .object([("executors", try list(executors.active)), ("completed_executors", try list(executors.completed))])
    }

    private func frameworks() throws -> JSONValue {
        let executors = ExecutorView.all(snapshot)
        let active = Set(executors.active.map(\.key.framework))
        func list(_ ids: some Collection<FrameworkID>) throws -> JSONValue {
            .array(try ids.sorted().compactMap { snapshot.frameworks[$0] }.map { .object([("framework_info", try .message($0))]) })
        }
        let over = Set(executors.completed.map(\.key.framework)).subtracting(active)
        return .object([("frameworks", try list(active)), ("completed_frameworks", try list(over))])
    }
}
