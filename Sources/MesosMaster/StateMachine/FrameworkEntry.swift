import ClusterState
import ResourceModel

/// What the leader knows of one framework.
struct FrameworkEntry: Sendable {
    var record: FrameworkRecord
    /// The scheduler's stream while it is connected.
    var stream: StreamID?
    /// Known only from tasks that agents report: nobody has told its FrameworkInfo.
    var isOrphan = false
    /// The registry is being told of its removal.
    var isBeingRemoved = false
    /// Wall seconds at which it is removed unless its scheduler comes back.
    var failoverDeadline: Double?
    /// Uptime of the last HEARTBEAT.
    var lastHeartbeat: Double = 0
    var tasks: [TaskID: TaskEntry] = [:]
    /// Oldest first.
    var completedTasks = CompletedTasks()
    /// Of a partition-aware framework, on agents that are unreachable; oldest first.
    var unreachableTasks: [TaskEntry] = []
    var offers: Set<OfferID> = []
    /// Its custom executors, by agent. Their resources are charged once each, beside those of their tasks.
    var executors: [AgentID: [ExecutorID: ExecutorEntry]] = [:]

    var id: FrameworkID { record.id }
    var isConnected: Bool { stream != nil }

    init(record: FrameworkRecord) { self.record = record }

    mutating func becomeUnreachable(_ task: TaskEntry, limit: Int) {
        unreachableTasks.append(task)
        if unreachableTasks.count > limit { unreachableTasks.removeFirst(unreachableTasks.count - limit) }
    }

    mutating func complete(_ task: TaskEntry, limit: Int) {
        completedTasks.append(task, limit: limit)
    }
}

/// A custom executor that runs, or is being started, on an agent.
struct ExecutorEntry: Sendable, Hashable {
    var info: ExecutorInfo

    var resources: Resources { Resources(info.resources) }
}

/// One task that is active or whose last update is not acknowledged.
struct TaskEntry: Sendable {
    /// `record.state` is the newest state known.
    var record: TaskRecord
    var agent: AgentID
    var resources: Resources
    /// The allocator counts `resources` as used.
    var isCharged = false
    /// The state of the last update sent to the scheduler.
    var forwarded: TaskState?
    /// A kill that is not confirmed by a terminal state yet.
    var kill: KillPolicy?
    /// A status that operators' streams have not heard of yet.
    var news: TaskStatus?

    init(record: TaskRecord, agent: AgentID) {
        self.record = record
        self.agent = agent
        self.resources = Resources(record.resources)
    }

    init(info: TaskInfo, framework: FrameworkInfo, frameworkID: FrameworkID, state: TaskState) {
        var record = TaskRecord(
            id: info.task_id, name: info.name, framework_id: frameworkID, executor_id: info.executor?.executor_id.value ?? "",
            state: state, resources: info.resources)
        let user = info.command?.user ?? info.executor?.command.user ?? framework.user
        record.user = user.isEmpty ? nil : user
        record.discovery = info.discovery
        record.labels = info.labels.flatMap { $0.labels.isEmpty ? nil : $0.labels }
        record.container = info.container
        self.init(record: record, agent: info.agent_id)
    }

    /// Adds a status; consecutive ones of the same state replace each other (contracts/mesos.md §4.1).
    mutating func append(_ status: TaskStatus, now: Moment) {
        var element = TaskStatusRecord(state: status.state, timestamp: status.timestamp ?? now.wall)
        element.healthy = status.healthy
        element.labels = status.labels.flatMap { $0.labels.isEmpty ? nil : $0.labels }
        element.container_status = status.container_status
        if record.statuses.last?.state == status.state { record.statuses.removeLast() }
        record.statuses.append(element)
        news = status
    }
}

/// An outstanding offer.
struct OfferEntry: Sendable {
    var offer: Offer
    var resources: Resources
    /// Uptime.
    var madeAt: Double
}
