public import ResourceModel

/// Task ids are unique within a framework only.
public struct TaskKey: Sendable, Hashable, CustomStringConvertible {
    public var framework: FrameworkID
    public var task: TaskID
    public init(framework: FrameworkID, task: TaskID) {
        self.framework = framework
        self.task = task
    }
    /// The key of the task in a chunk (`TaskRecord.key`).
    public var description: String { "\(framework)/\(task)" }
}
