import Synchronization

/// A value that changes now and then, and whoever waits for its changes. Changes that come faster than they are taken
/// collapse into the last.
final class LatestValue<Value: Sendable & Equatable>: Sendable {
    private struct State {
        var value: Value
        var version = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }
    private let state: Mutex<State>

    init(_ value: Value) { state = Mutex(State(value: value)) }

    var current: (value: Value, version: Int) { state.withLock { ($0.value, $0.version) } }

    func set(_ value: Value) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard state.value != value else { return [] }
            state.value = value
            state.version += 1
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the value is another than that of `version`, or the caller is cancelled.
    func changed(since version: Int) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.version != version || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    /// Runs `body` for the present value and each one after it; a running `body` is cancelled when its value is overtaken.
    func forEach(_ body: @escaping @Sendable (Value) async -> Void) async {
        while !Task.isCancelled {
            let (value, version) = current
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await body(value) }
                await changed(since: version)
                group.cancelAll()
            }
        }
    }
}
