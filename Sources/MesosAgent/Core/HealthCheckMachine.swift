import ResourceModel

/// When a task's health check runs and what its results mean (contracts/mesos.md §15.6).
struct HealthCheckMachine: Sendable, Hashable {
    enum Action: Sendable, Hashable {
        /// A TASK_RUNNING update with this `healthy`.
        case report(healthy: Bool)
        /// Too many failures in a row.
        case kill
    }

    private let interval: Duration
    private let grace: Duration
    /// 0: never kill.
    private let limit: Int
    let timeout: Duration
    private let start: ContinuousClock.Instant
    private(set) var nextCheck: ContinuousClock.Instant
    private var failures = 0
    /// Nil before the first result that counts.
    private var healthy: Bool?
    private var isOver = false

    init(_ info: HealthCheckInfo, start: ContinuousClock.Instant, healthy: Bool? = nil) {
        interval = max(.milliseconds(1), Self.duration(info.interval_seconds, 10))
        grace = Self.duration(info.grace_period_seconds, 10)
        timeout = max(.milliseconds(1), Self.duration(info.timeout_seconds, 20))
        limit = max(0, info.consecutive_failures ?? 3)
        self.start = start
        self.healthy = healthy
        nextCheck = start + Self.duration(info.delay_seconds, 15)
    }

    /// Nonsense becomes the default.
    private static func duration(_ seconds: Double?, _ standard: Double) -> Duration {
        guard let seconds, seconds.isFinite, seconds >= 0, seconds < 1e9 else { return .seconds(standard) }
        return .seconds(seconds)
    }

    /// - now: when the result was known.
    mutating func result(healthy success: Bool, now: ContinuousClock.Instant) -> [Action] {
        guard !isOver else { return [] }
        nextCheck = now + interval
        if success {
            failures = 0
            guard healthy != true else { return [] }
            healthy = true
            return [.report(healthy: true)]
        }
        // A task that has been healthy gets no grace any more.
        if healthy == nil, now < start + grace { return [] }
        healthy = false
        failures += 1
        if limit > 0, failures >= limit {
            isOver = true
            return [.report(healthy: false), .kill]
        }
        return [.report(healthy: false)]
    }
}
