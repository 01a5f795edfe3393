import Synchronization

/// Elements from anywhere for one consumer, which takes all that have come at once.
final class Mailbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var waiter: CheckedContinuation<[Element]?, Never>?
    }
    private let state = Mutex(State())

    func put(_ element: Element) {
        let delivery: (CheckedContinuation<[Element]?, Never>, [Element])? = state.withLock { state in
            state.elements.append(element)
            guard let waiter = state.waiter else { return nil }
            state.waiter = nil
            defer { state.elements = [] }
            return (waiter, state.elements)
        }
        if let (waiter, elements) = delivery { waiter.resume(returning: elements) }
    }

    /// Elements that were taken and could not be dealt with: before all others again. Called by the consumer.
    func putBack(_ elements: [Element]) {
        state.withLock { $0.elements.insert(contentsOf: elements, at: 0) }
    }

    /// What has come, at least one element; nil when the caller is cancelled.
    func take() async -> [Element]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: [Element]?? = state.withLock { state in
                    if !state.elements.isEmpty {
                        defer { state.elements = [] }
                        return .some(state.elements)
                    }
                    if Task.isCancelled { return .some(nil) }
                    precondition(state.waiter == nil, "a mailbox has one consumer")
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

    /// What has come, without waiting.
    func takeNow() -> [Element] {
        state.withLock { state in
            defer { state.elements = [] }
            return state.elements
        }
    }
}
