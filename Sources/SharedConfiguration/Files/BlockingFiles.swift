import NIOCore
import NIOPosix
import Synchronization

/// The thread on which a store touches its file system.
///
/// A network file system that hangs blocks its thread for good. Then the call fails after `patience`, and so does every
/// later one at once until the file system comes back; nothing piles up behind it.
final class BlockingFiles: Sendable {
    private struct State {
        /// Calls given up on whose thread has not come back.
        var stuck = 0
    }

    private let pool: NIOThreadPool
    private let store: String
    private let patience: Duration
    private let state = Mutex(State())

    init(store: String, patience: Duration = .seconds(20)) {
        self.store = store
        self.patience = patience
        pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
    }

    deinit {
        // Ends the thread as soon as it is idle; nobody waits for it.
        pool.shutdownGracefully { _ in }
    }

    /// - Throws: what `body` throws; `ConfigurationStoreError.unresponsive` when it takes too long.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        if state.withLock({ $0.stuck > 0 }) { throw ConfigurationStoreError.unresponsive(store: store, after: patience) }
        let answer = Answer<Value>()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
        return try await withCheckedThrowingContinuation { continuation in
            answer.expect(continuation)
            let deadline = eventLoop.scheduleTask(in: .nanoseconds(Int64(patience / .nanoseconds(1)))) { [self] in
                state.withLock { $0.stuck += 1 }
                // The answer may have come in between; then the call is not stuck.
                if !answer.give(.failure(ConfigurationStoreError.unresponsive(store: store, after: patience))) {
                    state.withLock { $0.stuck -= 1 }
                }
            }
            pool.submit { [self] _ in
                // Nobody waits for it any more: its turn came too late.
                if answer.isGiven { return state.withLock { $0.stuck -= 1 } }
                let result = Result { try body() }
                deadline.cancel()
                if !answer.give(result) { state.withLock { $0.stuck -= 1 } }
            }
        }
    }

    /// Resumes its continuation exactly once.
    private final class Answer<Value: Sendable>: Sendable {
        private let continuation = Mutex<CheckedContinuation<Value, any Error>?>(nil)

        func expect(_ continuation: CheckedContinuation<Value, any Error>) {
            self.continuation.withLock { $0 = continuation }
        }

        var isGiven: Bool { continuation.withLock { $0 == nil } }

        /// False when it was given before.
        func give(_ result: Result<Value, any Error>) -> Bool {
            let continuation = self.continuation.withLock { continuation in
                defer { continuation = nil }
                return continuation
            }
            continuation?.resume(with: result)
            return continuation != nil
        }
    }
}
