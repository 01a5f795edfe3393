/// One open response stream: a bounded queue between the master and the connection that writes it.
///
/// A peer that does not read fills the queue; then the stream ends instead of growing (contracts/mesos.md §23).
struct EventStream<Event: Sendable>: Sendable {
    /// Events that may wait.
    static var capacity: Int { 10_000 }

    let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() {
        (events, continuation) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .bufferingOldest(Self.capacity))
    }

    /// - Returns: false when the event could not be queued: the stream is over.
    func send(_ event: Event) -> Bool {
        switch continuation.yield(event) {
        case .enqueued: return true
        default:
            continuation.finish()
            return false
        }
    }

    func finish() { continuation.finish() }
}

/// Tells, once, that nobody writes a stream any more: explicitly or when the response that holds it is thrown away.
final class StreamLease: Sendable {
    private let onEnd: @Sendable () -> Void
    init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }
    deinit { onEnd() }
}
