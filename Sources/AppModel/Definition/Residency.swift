/// What becomes of the reservation of a resident task (contracts/marathon.md §8).
public struct Residency: Sendable, Hashable {
    public enum TaskLostBehavior: String, Sendable, Hashable {
        case waitForever = "WAIT_FOREVER"
        case relaunchAfterTimeout = "RELAUNCH_AFTER_TIMEOUT"
    }

    public var relaunchEscalationTimeoutSeconds: Int
    public var taskLostBehavior: TaskLostBehavior

    public init(relaunchEscalationTimeoutSeconds: Int = 3600, taskLostBehavior: TaskLostBehavior = .waitForever) {
        self.relaunchEscalationTimeoutSeconds = relaunchEscalationTimeoutSeconds
        self.taskLostBehavior = taskLostBehavior
    }

    init(_ reader: ObjectReader) {
        self.init(
            relaunchEscalationTimeoutSeconds: reader.long("relaunchEscalationTimeoutSeconds") ?? 3600,
            taskLostBehavior: reader.name("taskLostBehavior", kind: "task lost behavior") ?? .waitForever)
    }

    public var json: JSONValue {
        [
            "relaunchEscalationTimeoutSeconds": JSONValue(relaunchEscalationTimeoutSeconds),
            "taskLostBehavior": .string(taskLostBehavior.rawValue),
        ]
    }
}
