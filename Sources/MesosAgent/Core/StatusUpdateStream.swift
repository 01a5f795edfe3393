import ResourceModel

/// The status updates of one task on their way to its framework (contracts/mesos.md §11.3): strictly in order, one in
/// flight, each written to disk before it is sent and sent again until acknowledged: after 10 s, doubling to 10 min.
///
/// An update survives a crash of the agent: `replay` rebuilds the stream from what `persist` actions wrote. An update may
/// be delivered more than once (after a crash between acknowledgement and its record); its uuid is the same then.
struct StatusUpdateStream: Sendable, Hashable {
    /// A record of `task.updates`.
    enum Entry: Codable, Sendable, Hashable {
        case update(TaskStatus)
        /// Base64 of the uuid.
        case acknowledged(String)
    }

    enum Action: Sendable, Hashable {
        /// Make it durable, then call `persisted` with its uuid (updates only).
        case persist(Entry)
        case send(TaskStatus)
        /// The terminal update is acknowledged.
        case finished
    }

    static let firstRetry = Duration.seconds(10)
    static let longestRetry = Duration.seconds(600)

    /// Oldest first; the head is the one in flight.
    private(set) var pending: [TaskStatus] = []
    /// How many of `pending`, from the head on, are on disk.
    private var durable = 0
    private var retry = StatusUpdateStream.firstRetry
    /// When the head is sent again; nil while nothing is in flight.
    private(set) var deadline: ContinuousClock.Instant?
    private(set) var isFinished = false

    var head: TaskStatus? { durable > 0 ? pending.first : nil }

    /// - entries: in the order in which they were written.
    static func replay(_ entries: some Sequence<Entry>) -> StatusUpdateStream {
        var stream = StatusUpdateStream()
        for entry in entries {
            switch entry {
            case .update(let status):
                stream.pending.append(status)
                stream.durable += 1
            case .acknowledged(let uuid):
                guard stream.pending.first?.uuid == uuid else { continue }
                let status = stream.pending.removeFirst()
                stream.durable -= 1
                if status.state.isTerminal { stream.isFinished = true }
            }
        }
        return stream
    }

    mutating func append(_ status: TaskStatus) -> [Action] {
        guard !isFinished else { return [] }
        pending.append(status)
        return [.persist(.update(status))]
    }

    mutating func persisted(_ uuid: String, now: ContinuousClock.Instant) -> [Action] {
        guard durable < pending.count, pending[durable].uuid == uuid else { return [] }
        durable += 1
        return deadline == nil ? send(now: now) : []
    }

    /// An acknowledgement that does not name the head is a duplicate and ignored.
    mutating func acknowledge(_ uuid: String, now: ContinuousClock.Instant) -> [Action] {
        guard durable > 0, let head = pending.first, head.uuid == uuid else { return [] }
        pending.removeFirst()
        durable -= 1
        deadline = nil
        retry = Self.firstRetry
        var actions: [Action] = [.persist(.acknowledged(uuid))]
        if head.state.isTerminal {
            isFinished = true
            actions.append(.finished)
            return actions
        }
        return actions + send(now: now)
    }

    /// Whoever must hear of the head may not have: send it now, with a fresh back-off.
    mutating func resend(now: ContinuousClock.Instant) -> [Action] {
        retry = Self.firstRetry
        return send(now: now)
    }

    mutating func tick(now: ContinuousClock.Instant) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        retry = min(retry * 2, Self.longestRetry)
        return send(now: now)
    }

    private mutating func send(now: ContinuousClock.Instant) -> [Action] {
        guard let head, !isFinished else { return [] }
        deadline = now + retry
        return [.send(head)]
    }
}
