import ResourceModel

// How an executor and its tasks end.
extension ExecutorMachine {
    mutating func shutdown(now: ContinuousClock.Instant) -> [Action] {
        guard !isOver else { return [] }
        let heard = state == .running && isConnected
        state = .terminating
        ending = nil
        deadline = now + shutdownGrace
        return [heard ? .tell(ExecutorEvent(type: .shutdown)) : .destroy(grace: shutdownGrace)]
    }

    mutating func failed(_ failure: LaunchFailure) -> [Action] {
        let ordered = state == .terminating ? ending ?? Self.terminated : nil
        return over(
            ordered
                ?? Ending(state: .failed, reason: "REASON_CONTAINER_LAUNCH_FAILED", message: "Failed to launch container: \(failure)"),
            status: -1)
    }

    private static let terminated = Ending(state: .failed, reason: "REASON_EXECUTOR_TERMINATED", message: "Executor terminated")

    mutating func exited(_ end: TaskEnd) -> [Action] {
        // Why it was destroyed counts only if it was.
        let ending = state == .terminating ? ending : nil
        switch end {
        case .code(let code): return over(ending ?? Self.terminated, status: code << 8)
        case .signal(let signal): return over(ending ?? Self.terminated, status: signal)
        case .memory(let limit, let used, let statistics):
            let message = TaskEnd.memoryMessage(limit: limit, used: used, statistics: statistics)
            return over(Ending(state: .failed, reason: "REASON_CONTAINER_LIMITATION_MEMORY", message: message), status: 9)
        case .limited(let message, let reason):
            return over(Ending(state: .failed, reason: reason, message: message), status: 9)
        case .lost(let why):
            return over(ending ?? Ending(state: .failed, reason: "REASON_EXECUTOR_TERMINATED", message: why), status: -1)
        case .rebooted:
            return over(Ending(state: .lost, reason: "REASON_AGENT_RESTARTED", message: "The agent's host was rebooted"), status: -1)
        }
    }

    mutating func over(_ ending: Ending, status: Int) -> [Action] {
        guard state != .terminated else { return [] }
        state = .terminated
        let tasks = queued.map(\.task_id) + launched.keys.sorted()
        queued = []
        launched = [:]
        checkpointed = []
        pendingKills = [:]
        deadline = nil
        disconnected()
        return [.close] + tasks.map { .end($0, ending) } + [.exited(status: status)]
    }
}
