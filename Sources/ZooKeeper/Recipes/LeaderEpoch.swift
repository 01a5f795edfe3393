import Synchronization

/// One term of leadership, as its holder sees it.
final class LeadershipTerm: Sendable {
    private enum Phase { case acting, paused, over }
    private let phase = Mutex(Phase.acting)
    private let client: ZooKeeperClient
    let sessionID: Int64

    init(client: ZooKeeperClient, sessionID: Int64) {
        self.client = client
        self.sessionID = sessionID
    }

    /// The connection is lost: stop acting, the term may go on.
    func pause() { phase.withLock { if $0 == .acting { $0 = .paused } } }
    /// The candidacy and the fence were found to be ours still.
    func resume() { phase.withLock { if $0 == .paused { $0 = .acting } } }
    func end() { phase.withLock { $0 = .over } }

    var isOver: Bool { phase.withLock { $0 == .over } }
    var isHeld: Bool { phase.withLock { $0 == .acting } && client.sessionID == sessionID && client.hasLease }
}

/// The right to act as leader, and the number that fences everybody who had it before.
///
/// Guarantee: at most one holder's writes can take effect at any time, because each write carries `check`. `isHeld` is a
/// promise by our own monotonic clock that the server cannot have given the leadership to another yet; consult it right
/// before each act outside ZooKeeper, since a process that was stopped learns nothing in time.
public struct LeaderEpoch: Sendable {
    /// czxid of the winning candidacy: grows from leader to leader. Carry it in every command outside ZooKeeper; receivers
    /// refuse a lower one.
    public let number: Int64
    public let fencePath: String
    /// The fence's data version since this leader took office.
    public let fenceVersion: Int32
    let term: LeadershipTerm

    /// True while acting as leader is safe. False also while the connection is lost.
    public var isHeld: Bool { term.isHeld }
    /// True when the term has ended for good.
    public var isOver: Bool { term.isOver }
    /// The first operation of every multi of this leader.
    public var check: Op { .check(fencePath, version: fenceVersion) }
}
