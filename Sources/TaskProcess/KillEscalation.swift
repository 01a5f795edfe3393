/// SIGTERM first, SIGKILL after a grace period (contracts/mesos.md §15.2). A later kill can shorten the wait, never
/// lengthen it.
public struct KillEscalation: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        case terminate
        case kill
    }

    /// Milliseconds on the caller's monotonic clock; when SIGKILL is due.
    public private(set) var deadline: Int64?
    public private(set) var isForced = false
    public var isRequested: Bool { deadline != nil }

    public init() {}

    /// - grace, now: milliseconds. A grace of 0 kills at once.
    public mutating func request(grace: Int64, now: Int64) -> [Action] {
        guard !isForced else { return [] }
        let (sum, overflow) = now.addingReportingOverflow(max(0, grace))
        let wanted = overflow ? Int64.max : sum
        guard let current = deadline else {
            deadline = wanted
            return grace <= 0 ? force() : [.terminate]
        }
        deadline = min(current, wanted)
        return tick(now: now)
    }

    public mutating func tick(now: Int64) -> [Action] {
        guard let deadline, !isForced, now >= deadline else { return [] }
        return force()
    }

    private mutating func force() -> [Action] {
        isForced = true
        return [.kill]
    }
}
