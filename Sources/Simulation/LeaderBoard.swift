import Synchronization

/// Who leads, for all simulated agents: one watch instead of thousands.
final class LeaderBoard: Sendable {
    private let leader = Mutex<String?>(nil)

    /// `host:port`; nil when nobody leads.
    var current: String? { leader.withLock { $0 } }
    func set(_ endpoint: String?) { leader.withLock { $0 = endpoint } }
}
