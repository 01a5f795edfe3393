import ResourceModel

/// What a status update means for a task (contracts/marathon.md §13).
enum TaskCondition: Sendable, Hashable {
    /// Staging, starting, running, killing.
    case alive
    /// Not heard of at the moment; it may come back.
    case unreachable
    /// It will never run again.
    case ended

    init(_ status: TaskStatus) {
        switch status.state {
        case .staging, .starting, .running, .killing: self = .alive
        case .finished, .failed, .killed, .error, .dropped, .gone, .goneByOperator, .unknown: self = .ended
        case .unreachable: self = .unreachable
        case .lost:
            if status.message?.hasPrefix("Reconciliation: Task is unknown to the") == true { self = .ended; return }
            switch status.reason {
            case "REASON_RECONCILIATION", "REASON_AGENT_DISCONNECTED", "REASON_AGENT_REMOVED", "REASON_SLAVE_DISCONNECTED",
                "REASON_SLAVE_REMOVED":
                self = .unreachable
            default: self = .ended
            }
        }
    }
}
