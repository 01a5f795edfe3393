/// Decides when a stream that should carry a heartbeat every `interval` is dead: after `allowedMisses` intervals without
/// any record (contracts/mesos.md §8.1).
struct HeartbeatMonitor: Sendable {
    var interval: Duration
    var allowedMisses: Int
    private var lastHeard: ContinuousClock.Instant

    init(interval: Duration = .seconds(15), allowedMisses: Int = 5, now: ContinuousClock.Instant) {
        self.interval = interval
        self.allowedMisses = allowedMisses
        self.lastHeard = now
    }

    mutating func heard(at now: ContinuousClock.Instant) { lastHeard = now }

    /// When the stream counts as dead unless something is heard before.
    var deadline: ContinuousClock.Instant { lastHeard + interval * allowedMisses }
}
