import ClusterState
import ResourceModel

/// One task on this agent, from its launch to the acknowledgement of its last update.
struct AgentTask: Sendable {
    enum Phase: Sendable, Hashable {
        /// Directories, fetching, fork.
        case launching
        case running(pid: Int32)
        case terminated
    }

    /// Why a task is being killed, if anything else than its framework's wish.
    enum KillCause: Sendable, Hashable {
        case framework
        case health
        case frameworkRemoved
        case agentRemoved
    }

    let key: TaskKey
    let info: TaskInfo
    let containerID: ContainerID
    /// Seconds since the epoch.
    let launched: Double
    var phase: Phase = .launching
    var stream = StatusUpdateStream()
    var killCause: KillCause?
    /// The newest state, acknowledged or not.
    var state: TaskState = .staging
    /// Newest last; consecutive statuses of one state count once, as in v0 JSON.
    private(set) var statuses: [TaskStatus] = []
    private(set) var latestUpdate: TaskRecord.StatusUpdate?
    /// Set when this stands for the process of a custom executor and not for a task: what is launched is the executor's command.
    var process: ExecutorInfo?
    /// When a custom executor's task has run for its `max_completion_time`; command tasks are watched by their supervision.
    var completionDeadline: ContinuousClock.Instant?
    /// It is being killed for that.
    var isOverdue = false

    init(key: TaskKey, info: TaskInfo, containerID: ContainerID, launched: Double) {
        self.key = key
        self.info = info
        self.containerID = containerID
        self.launched = launched
    }

    /// The custom executor that runs it; nil for a command task.
    var executorKey: ExecutorKey? {
        info.executor.map { ExecutorKey(framework: key.framework, executor: $0.executor_id) }
    }

    /// The command executor of a task bears its id (contracts/mesos.md §15.1).
    var executorID: ExecutorID { info.executor?.executor_id ?? ExecutorID(key.task.value) }

    /// - framework: kill and shutdown orders.
    func grace(_ policy: KillPolicy?) -> Duration {
        let nanoseconds = (policy ?? info.kill_policy)?.grace_period?.nanoseconds ?? 3_000_000_000
        return .nanoseconds(max(0, min(nanoseconds, 7 * 86_400_000_000_000)))
    }

    var isHealthy: Bool? { statuses.last(where: { $0.healthy != nil })?.healthy }

    mutating func record(_ status: TaskStatus) {
        // A terminal state never changes again.
        guard !state.isTerminal else { return }
        state = status.state
        latestUpdate = TaskRecord.StatusUpdate(state: status.state, uuid: status.uuid)
        if let last = statuses.last, last.state == status.state { statuses.removeLast() }
        statuses.append(status)
    }

    /// What the cluster sees of it.
    func taskRecord(user: String?) -> TaskRecord {
        var record = TaskRecord(
            id: info.task_id, name: info.name, framework_id: key.framework, executor_id: info.executor?.executor_id.value ?? "",
            state: state, resources: info.resources)
        record.user = info.command?.user ?? info.executor?.command.user ?? user
        record.discovery = info.discovery
        record.labels = info.labels?.labels
        record.container = info.container
        record.statuses = statuses.suffix(2).map { status in
            var container = status.container_status
            container?.executor_pid = nil
            return TaskStatusRecord(
                state: status.state, timestamp: status.timestamp ?? launched, healthy: status.healthy,
                labels: status.labels?.labels, container_status: container)
        }
        record.status_update = latestUpdate
        return record
    }
}
