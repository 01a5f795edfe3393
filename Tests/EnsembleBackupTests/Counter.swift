import Synchronization

/// A number that one task counts up and others read.
final class Counter: Sendable {
    struct TooSlow: Error {}

    private let storage = Mutex(-1)

    var value: Int {
        get { storage.withLock { $0 } }
        set { storage.withLock { $0 = newValue } }
    }

    func wait(until wanted: Int, deadline: Duration = .seconds(120)) async throws {
        let end = ContinuousClock.now + deadline
        while value < wanted {
            guard ContinuousClock.now < end else { throw TooSlow() }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
