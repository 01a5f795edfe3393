/// The states of contracts/mesos.md §14.
public enum TaskState: String, Codable, Sendable, Hashable, CaseIterable {
    case staging = "TASK_STAGING"
    case starting = "TASK_STARTING"
    case running = "TASK_RUNNING"
    case killing = "TASK_KILLING"
    case finished = "TASK_FINISHED"
    case failed = "TASK_FAILED"
    case killed = "TASK_KILLED"
    case lost = "TASK_LOST"
    case error = "TASK_ERROR"
    case dropped = "TASK_DROPPED"
    case unreachable = "TASK_UNREACHABLE"
    case gone = "TASK_GONE"
    case goneByOperator = "TASK_GONE_BY_OPERATOR"
    case unknown = "TASK_UNKNOWN"

    /// A terminal state never changes again; the task's resources are free.
    public var isTerminal: Bool {
        switch self {
        case .finished, .failed, .killed, .lost, .error, .dropped, .gone, .goneByOperator: true
        case .staging, .starting, .running, .killing, .unreachable, .unknown: false
        }
    }
}
