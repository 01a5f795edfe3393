import Synchronization

/// How much more than usual this process logs, as `/logging/toggle` sets it: 0 is usual, 1 adds what is of use for
/// debugging, 2 everything.
public enum LoggingVerbosity {
    private struct Raised {
        var level: Int
        var until: ContinuousClock.Instant
    }

    private static let raised = Mutex<Raised?>(nil)
    /// Read by every log statement, so it is cheap while nothing is raised.
    private static let isRaised = Atomic(false)

    public static var current: Int {
        guard isRaised.load(ordering: .relaxed) else { return 0 }
        return raised.withLock { state in
            if let now = state, now.until > .now { return now.level }
            state = nil
            isRaised.store(false, ordering: .relaxed)
            return 0
        }
    }

    /// - level: 0 and more.
    public static func raise(to level: Int, for duration: Duration) {
        raised.withLock { state in
            state = level > 0 ? Raised(level: level, until: .now + duration) : nil
            isRaised.store(state != nil, ordering: .relaxed)
        }
    }
}
