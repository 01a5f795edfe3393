import CLinux
import Glibc
import Synchronization

/// A running process, child of ours or adopted, held by a descriptor so that a signal can never hit another process
/// that was given the same id later.
///
/// A small thread of its own blocks until the process ends; it keeps this object alive that long.
public final class ProcessHandle: Sendable {
    public let pid: Int32
    private let descriptor: Int32
    private let state = Mutex(State())

    private struct State {
        var exit: ProcessExit?
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<ProcessExit?, Never>] = [:]
    }

    /// - Throws: `SystemError` when there is no such process (any more) or no thread can be had.
    public init(pid: Int32) throws(SystemError) {
        let descriptor = clinux_pidfd_open(pid)
        guard descriptor >= 0 else {
            throw SystemError.current
        }
        self.pid = pid
        self.descriptor = descriptor
        try startWatching()
    }

    deinit { close(descriptor) }

    /// Nil while it runs.
    public var exit: ProcessExit? { state.withLock { $0.exit } }

    /// Sends a signal; false when the process is gone.
    @discardableResult
    public func send(signal: Int32) -> Bool {
        clinux_pidfd_send_signal(descriptor, signal) == 0
    }

    /// Returns once the process has ended; nil when the calling task was cancelled before.
    public func waitForExit() async -> ProcessExit? {
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let immediate: ProcessExit?? = state.withLock { state in
                    if let exit = state.exit { return .some(exit) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
        }
    }

    private func startWatching() throws(SystemError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 128 * 1024)
        let context = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let error = pthread_create(&thread, &attributes, watchExitThread, context.toOpaque())
        guard error == 0 else {
            context.release()
            throw SystemError(code: error)
        }
    }

    fileprivate func watch() {
        var status: Int32 = 0
        let result = clinux_pidfd_wait(descriptor, pid, &status)
        let exit = result == 0 ? ProcessExit(waitStatus: status) : .unknown
        let waiters = state.withLock { state in
            state.exit = exit
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: exit) }
    }
}

/// The body of the watching thread; owns one reference to its `ProcessHandle`.
private func watchExitThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<ProcessHandle>.fromOpaque(context).takeRetainedValue().watch()
    return nil
}
