/// The results of one health check of one task (contracts/marathon.md §14).
///
///     var health = TaskHealth()
///     let effects = health.record(.failure(cause: "connection refused"), of: check, startedAt: startedAt, now: now)
///     // [.failed], [.failed, .changed(alive: false)], [.failed, .kill(cause: …)] or [] within the grace period
public struct TaskHealth: Sendable, Hashable {
    public enum Result: Sendable, Hashable {
        case success
        /// - cause: status line or text of the error.
        case failure(cause: String)
        /// A 1xx answer with `ignoreHttp1xx`.
        case ignored

        /// What an HTTP answer means.
        public init(httpStatus: Int, reason: String, ignoring1xx: Bool) {
            switch httpStatus {
            case 200..<400: self = .success
            case 100..<200 where ignoring1xx: self = .ignored
            default: self = .failure(cause: "\(httpStatus) \(reason)")
            }
        }
    }

    public enum Effect: Sendable, Hashable {
        /// Emit `failed_health_check_event`.
        case failed
        /// Emit `health_status_changed_event`.
        case changed(alive: Bool)
        /// Emit `unhealthy_task_kill_event` and kill.
        case kill(cause: String)
    }

    public private(set) var firstSuccess: Timestamp?
    public private(set) var lastSuccess: Timestamp?
    public private(set) var lastFailure: Timestamp?
    public private(set) var lastFailureCause: String?
    public private(set) var consecutiveFailures: Int

    public init() { consecutiveFailures = 0 }

    /// What was stored when the state last flipped: enough to show it and to go on from it.
    public init(alive: Bool, since: Timestamp) {
        consecutiveFailures = alive ? 0 : 1
        if alive {
            firstSuccess = since
            lastSuccess = since
        } else {
            lastFailure = since
        }
    }

    /// Has a success later than the last failure.
    public var isAlive: Bool { lastSuccess != nil && consecutiveFailures == 0 }

    /// No result counted yet.
    public var isUnknown: Bool { lastSuccess == nil && lastFailure == nil }

    /// Takes in a result of a check that the leader performs.
    ///
    /// - startedAt: when the task was first seen running.
    /// - isUnreachable: an unreachable task is never killed for its health.
    public mutating func record(
        _ result: Result, of check: HealthCheck, startedAt: Timestamp?, now: Timestamp, isUnreachable: Bool = false
    ) -> [Effect] {
        switch result {
        case .ignored: return []
        case .success: return succeed(now)
        case .failure(let cause):
            if firstSuccess == nil, let startedAt, startedAt + .seconds(check.gracePeriodSeconds) > now { return [] }
            let failuresBefore = consecutiveFailures
            var effects: [Effect] = [.failed]
            effects += fail(cause, now)
            let limit = check.maxConsecutiveFailures
            if limit > 0, failuresBefore >= limit, !isUnreachable { effects.append(.kill(cause: cause)) }
            return effects
        }
    }

    /// Takes in what the agent says in a status update; Mesos itself kills.
    public mutating func record(agentReport healthy: Bool, now: Timestamp) -> [Effect] {
        healthy ? succeed(now) : fail("", now)
    }

    private mutating func succeed(_ now: Timestamp) -> [Effect] {
        let wasAlive = isAlive
        firstSuccess = firstSuccess ?? now
        lastSuccess = now
        consecutiveFailures = 0
        return wasAlive ? [] : [.changed(alive: true)]
    }

    private mutating func fail(_ cause: String, _ now: Timestamp) -> [Effect] {
        let wasAlive = isAlive
        lastFailure = now
        lastFailureCause = cause.isEmpty ? nil : cause
        consecutiveFailures += 1
        return wasAlive ? [.changed(alive: false)] : []
    }

    /// An element of `healthCheckResults` (contracts/marathon.md §4.1).
    public func json(taskID: String) -> JSONValue {
        [
            "alive": .bool(isAlive), "consecutiveFailures": JSONValue(consecutiveFailures),
            "firstSuccess": JSONValue(firstSuccess?.description), "lastFailure": JSONValue(lastFailure?.description),
            "lastSuccess": JSONValue(lastSuccess?.description), "lastFailureCause": JSONValue(lastFailureCause),
            "taskId": .string(taskID),
        ]
    }
}
