import ClusterState
import FoundationEssentials
import ResourceModel

/// `GET /state` of an agent (contracts/mesos.md §6.1).
struct StateDocument {
    static let maximumFrameworks = 50
    static let maximumExecutors = 150

    let snapshot: Agent.Snapshot
    let configuration: AgentConfiguration
    let start: AgentStart
    let build: [(String, JSONValue)]

    /// The parts of `/version`, `/state` that tell of the build.
    static func build(version: String) -> [(String, JSONValue)] {
        [
            ("version", .string(version)), ("build_date", .string("2016-10-06 10:00:00")), ("build_time", .int(1_475_748_000)),
            ("build_user", .string("dcos")),
        ]
    }

    func render() throws -> [UInt8] {
        var members = build
        members += [
            ("start_time", .double(start.time)), ("id", .string(snapshot.agentID?.value ?? "")),
            ("pid", .string("slave(1)@\(configuration.ip):\(configuration.port)")), ("hostname", .string(configuration.hostname)),
            ("resources", .resources(total)),
            ("reserved_resources", .object(reserved.map { ($0.role, .resources($0.resources)) })),
            ("unreserved_resources", .resources(unreserved)),
            ("reserved_resources_full", .object(try reserved.map { ($0.role, .array(try $0.resources.entries.map { try .message($0) })) })),
            ("unreserved_resources_full", .array(try unreserved.entries.map { try .message($0) })),
            ("attributes", .attributes(start.info.attributes)),
        ]
        if let file = configuration.externalLogFile { members.append(("external_log_file", .string(file))) }
        members.append(("flags", .object(configuration.flags.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })))

        let executors = ExecutorView.all(snapshot)
        let active = Dictionary(grouping: executors.active, by: \.key.framework)
        let over = Dictionary(grouping: executors.completed, by: \.key.framework)
        members.append(("frameworks", .array(try active.keys.sorted().map { try framework($0, active[$0] ?? [], over[$0] ?? []) })))
        let completed = over.keys.filter { active[$0] == nil }.sorted().suffix(Self.maximumFrameworks)
        members.append(("completed_frameworks", .array(try completed.map { try framework($0, [], over[$0] ?? []) })))
        return JSONValue.object(members).bytes
    }

    /// With the dynamic reservations and persistent volumes that are on disk.
    private var total: Resources { Resources(start.info.resources).applying(checkpointed: snapshot.checkpointedResources) }

    private var unreserved: Resources { Resources(total.entries.filter { $0.role == "*" }) }

    /// By role.
    private var reserved: [(role: String, resources: Resources)] {
        Dictionary(grouping: total.entries.filter { $0.role != "*" }, by: \.role).sorted { $0.key < $1.key }
            .map { ($0.key, Resources($0.value)) }
    }

    private func framework(_ id: FrameworkID, _ active: [ExecutorView], _ over: [ExecutorView]) throws -> JSONValue {
        let info =
            snapshot.frameworks[id] ?? snapshot.completed.last { $0.run.key.framework == id }?.framework
            ?? snapshot.completedExecutors.last { $0.key.framework == id }?.framework
        return .object([
            ("id", .string(id.value)), ("name", .string(info?.name ?? "")), ("user", .string(info?.user ?? "")),
            ("failover_timeout", .double(info?.failover_timeout ?? 0)), ("checkpoint", .bool(info?.checkpoint ?? false)),
            ("role", .string(info?.role ?? "*")), ("hostname", .string(info?.hostname ?? "")),
            ("executors", .array(try active.map { try executor($0, user: info?.user) })),
            ("completed_executors", .array(try over.suffix(Self.maximumExecutors).map { try executor($0, user: info?.user) })),
        ])
    }

    private func executor(_ view: ExecutorView, user: String?) throws -> JSONValue {
        func list(_ entries: [ExecutorView.Entry]) throws -> JSONValue {
            .array(try entries.map { try Self.task($0.task, $0.run, user: user) })
        }
        var members: [(String, JSONValue)] = [
            ("id", .string(view.key.executor.value)), ("name", .string(view.info.name ?? "")), ("source", .string(view.info.source ?? "")),
            ("container", .string(view.run.container.value)), ("directory", .string(start.store.paths.run(view.run))),
            ("resources", .resources(view.resources)),
        ]
        if let labels = view.info.labels?.labels, !labels.isEmpty { members.append(("labels", try .message(labels))) }
        members += [
            ("tasks", try list(view.running)), ("queued_tasks", try list(view.queued)),
            ("completed_tasks", try list(view.terminated + view.completed)),
        ]
        return .object(members)
    }

    static func task(_ task: AgentTask, _ run: TaskRun, user: String?) throws -> JSONValue {
        let record = task.taskRecord(user: user)
        var members: [(String, JSONValue)] = [
            ("id", .string(record.id.value)), ("name", .string(record.name)), ("framework_id", .string(record.framework_id.value)),
            ("executor_id", .string(record.executor_id)), ("slave_id", .string(run.agent.value)), ("state", .string(record.state.rawValue)),
            ("resources", .resources(Resources(record.resources))),
            (
                "statuses",
                .array(
                    try task.statuses.filter { $0.state != .staging }.map { status in
                        var shown: [(String, JSONValue)] = [
                            ("state", .string(status.state.rawValue)), ("timestamp", .double(status.timestamp ?? 0)),
                        ]
                        if let labels = status.labels?.labels, !labels.isEmpty { shown.append(("labels", try .message(labels))) }
                        if var container = status.container_status {
                            container.executor_pid = nil
                            shown.append(("container_status", try .message(container)))
                        }
                        if let healthy = status.healthy { shown.append(("healthy", .bool(healthy))) }
                        return .object(shown)
                    })
            ),
        ]
        if let user = record.user { members.append(("user", .string(user))) }
        if let labels = record.labels, !labels.isEmpty { members.append(("labels", try .message(labels))) }
        if let discovery = record.discovery { members.append(("discovery", try .message(discovery))) }
        if let container = record.container { members.append(("container", try .message(container))) }
        return .object(members)
    }
}
