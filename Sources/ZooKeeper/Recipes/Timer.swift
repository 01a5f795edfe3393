import Dispatch

/// A callback after some time, on a queue of the system; for deadlines that must not depend on a task being scheduled.
enum Timer {
    static func after(_ delay: Duration, _ body: @escaping @Sendable () -> Void) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(max(0, delay.milliseconds))), execute: body)
    }
}
