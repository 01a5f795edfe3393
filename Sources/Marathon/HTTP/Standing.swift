import Synchronization

/// What this replica is at the moment, as far as HTTP is concerned.
enum Standing: Sendable {
    case leading(LeaderTerm)
    /// - leader: `host:port`, nil when none is known.
    case following(leader: String?)
}

/// The standing, read by every request and set by the election.
final class StandingBox: Sendable {
    private let value = Mutex<Standing>(.following(leader: nil))

    var current: Standing { value.withLock { $0 } }
    func set(_ standing: Standing) { value.withLock { $0 = standing } }
}
