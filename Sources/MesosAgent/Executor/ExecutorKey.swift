import ResourceModel

/// A custom executor on this agent: its id is unique within its framework.
struct ExecutorKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    var framework: FrameworkID
    var executor: ExecutorID

    var description: String { "\(framework)/\(executor)" }

    static func < (a: Self, b: Self) -> Bool { (a.framework, a.executor) < (b.framework, b.executor) }

    /// The name under which its process is supervised.
    var process: TaskKey { TaskKey(framework: framework, task: TaskID(executor.value)) }

    init(framework: FrameworkID, executor: ExecutorID) {
        self.framework = framework
        self.executor = executor
    }

    /// - process: as in `process`.
    init(process: TaskKey) {
        self.init(framework: process.framework, executor: ExecutorID(process.task.value))
    }
}
