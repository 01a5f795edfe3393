/// Tells, once, that nobody writes an executor's stream any more: the response that held it has ended or was thrown away.
final class ExecutorLease: Sendable {
    private let onEnd: @Sendable () -> Void
    init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }
    deinit { onEnd() }
}
