/// Lets so many agents be removed in so much time (`--agent_removal_rate_limit`); without a limit, all.
struct RemovalLimiter: Sendable, Hashable {
    /// Seconds between two removals; nil: no limit.
    let interval: Double?
    /// Uptime at which the next removal may happen.
    private var next: Double = 0

    init(_ limit: Configuration.RateLimit?) { interval = limit.map { $0.seconds / Double(max(1, $0.count)) } }

    /// Takes a permit if there is one.
    mutating func take(now: Double) -> Bool {
        guard let interval else { return true }
        guard now >= next else { return false }
        next = now + interval
        return true
    }
}
