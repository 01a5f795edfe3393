import Synchronization

/// The kills asked of one task; one waiter at a time. A kill that comes before anybody waits is kept.
final class KillRequests: Sendable {
    private struct State {
        var requests: [Duration] = []
        var waiter: CheckedContinuation<Duration?, Never>?
    }
    private let state = Mutex(State())

    func request(grace: Duration) {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter else {
                state.requests.append(grace)
                return nil as CheckedContinuation<Duration?, Never>?
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume(returning: grace)
    }

    /// The next request; nil when the caller is cancelled.
    func next() async -> Duration? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: Duration?? = state.withLock { state in
                    if !state.requests.isEmpty { return .some(state.requests.removeFirst()) }
                    if Task.isCancelled || state.waiter != nil { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: nil)
        }
    }

    /// Whether one was asked for and not yet taken.
    var isRequested: Bool { state.withLock { !$0.requests.isEmpty } }
}
