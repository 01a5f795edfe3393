import Synchronization

/// True for whoever asks first.
final class Once: Sendable {
    private let isTaken = Mutex(false)
    func isFirst() -> Bool {
        isTaken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }
}
