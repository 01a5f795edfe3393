import Synchronization

/// Lets a limited number of requests in at once; the others wait for their turn (contracts/exhibitor.md §18).
final class Admission: Sendable {
    struct Refused: Error {}

    /// A place; it is free again when nobody refers to this any more.
    final class Permit: Sendable {
        private let admission: Admission
        fileprivate init(_ admission: Admission) { self.admission = admission }
        deinit { admission.leave() }
    }

    struct Load: Sendable, Equatable {
        var active = 0
        var waiting = 0
        /// Since the start.
        var refused = 0
    }

    private struct State {
        var queue: AdmissionQueue
        var waiters: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var nextID: UInt64 = 0
        var refused = 0
    }

    private let state: Mutex<State>

    init(capacity: Int, waitingLimit: Int) {
        state = Mutex(State(queue: AdmissionQueue(capacity: capacity, waitingLimit: waitingLimit)))
    }

    var load: Load {
        state.withLock { Load(active: $0.queue.active, waiting: $0.queue.waiting, refused: $0.refused) }
    }

    /// - Throws: `Refused` when too many wait already; `CancellationError` when the task is cancelled while it waits.
    func enter() async throws -> Permit {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    switch state.queue.arrive(id) {
                    case .enter: return .success(())
                    case .refuse:
                        state.refused += 1
                        return .failure(Refused())
                    case .wait:
                        state.waiters[id] = continuation
                        return nil
                    }
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter != nil { state.queue.giveUp(id) }
                return waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
        return Permit(self)
    }

    private func leave() {
        let next = state.withLock { state in state.queue.leave().flatMap { state.waiters.removeValue(forKey: $0) } }
        next?.resume()
    }
}
