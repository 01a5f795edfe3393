import Synchronization

/// Carries a result from one thread to another.
final class ResultBox<Value: Sendable>: Sendable {
    struct Empty: Error {}
    private let result = Mutex<Result<Value, any Error>?>(nil)
    func set(_ new: Result<Value, any Error>) { result.withLock { $0 = new } }
    func get() throws -> Value {
        guard let result = result.withLock({ $0 }) else { throw Empty() }
        return try result.get()
    }
}
