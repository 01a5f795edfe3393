import ResourceModel

/// The events that wait to be written to one executor. An executor that does not read fills the queue; then the stream ends
/// instead of growing.
struct ExecutorStream: Sendable {
    /// Events that may wait.
    static let capacity = 10_000

    let events: AsyncStream<ExecutorEvent>
    private let continuation: AsyncStream<ExecutorEvent>.Continuation

    init() {
        (events, continuation) = AsyncStream.makeStream(of: ExecutorEvent.self, bufferingPolicy: .bufferingOldest(Self.capacity))
    }

    /// - Returns: false when the event could not be queued: the stream is over.
    func send(_ event: ExecutorEvent) -> Bool {
        if case .enqueued = continuation.yield(event) { return true }
        continuation.finish()
        return false
    }

    func finish() { continuation.finish() }
}
