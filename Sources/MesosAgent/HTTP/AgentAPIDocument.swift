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
        func list(_ isIncluded: (AgentTask) -> Bool) throws -> JSONValue {
            .array(try snapshot.tasks.filter(isIncluded).map { try .message(description(of: $0)) })
        }
        return .object([
            ("pending_tasks", .array([])),
            ("queued_tasks", try list { $0.phase == .launching && !$0.state.isTerminal }),
            ("launched_tasks", try list { $0.phase != .launching && !$0.state.isTerminal }),
            ("terminated_tasks", try list { $0.state.isTerminal }),
            ("completed_tasks", .array(try snapshot.completed.map { try .message(description(of: $0.task)) })),
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
        .object([
            ("executors", .array(try Self.distinct(snapshot.tasks).map(executor))),
            ("completed_executors", .array(try Self.distinct(snapshot.completed.map(\.task)).map(executor))),
        ])
    }

    /// Tasks of one executor count once.
    private static func distinct(_ tasks: [AgentTask]) -> [AgentTask] {
        var seen: Set<String> = []
        return tasks.filter { seen.insert("\($0.key.framework)/\($0.info.executor?.executor_id.value ?? $0.key.task.value)").inserted }
    }

    private func executor(_ task: AgentTask) throws -> JSONValue {
        var info: ExecutorInfo
        if let own = task.info.executor {
            info = own
        } else {
            // What the original would have started for a command (contracts/mesos.md §15.1).
            info = ExecutorInfo(executor_id: ExecutorID(task.key.task.value), command: task.info.command ?? CommandInfo(shell: ""))
            info.name = TaskCommand.executorName(of: task.info)
            info.source = task.key.task.value
            info.resources = [.scalar("cpus", 0.1), .scalar("mem", 32)]
        }
        info.framework_id = task.key.framework
        // An operator has no need of them.
        info.command.environment = nil
        return .object([("executor_info", try .message(info))])
    }

    private func frameworks() throws -> JSONValue {
        let active = Set(snapshot.tasks.map(\.key.framework))
        func list(_ ids: [FrameworkID]) throws -> JSONValue {
            .array(try ids.compactMap { snapshot.frameworks[$0] }.map { .object([("framework_info", try .message($0))]) })
        }
        let over = Set(snapshot.completed.map(\.run.key.framework)).subtracting(active)
        return .object([("frameworks", try list(active.sorted())), ("completed_frameworks", try list(over.sorted()))])
    }
}
