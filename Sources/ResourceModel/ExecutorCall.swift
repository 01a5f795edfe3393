/// A custom executor's call, `POST /api/v1/executor` on the agent (contracts/mesos.md §9).
public struct ExecutorCall: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case unknown = "UNKNOWN"
        case subscribe = "SUBSCRIBE"
        case update = "UPDATE"
        case message = "MESSAGE"
    }
    public struct Update: Codable, Sendable, Hashable {
        public var status: TaskStatus
        public init(status: TaskStatus) { self.status = status }
    }
    public struct Subscribe: Codable, Sendable, Hashable {
        @Listed public var unacknowledged_tasks: [TaskInfo]
        @Listed public var unacknowledged_updates: [Update]
        public init(unacknowledged_tasks: [TaskInfo] = [], unacknowledged_updates: [Update] = []) {
            self.unacknowledged_tasks = unacknowledged_tasks
            self.unacknowledged_updates = unacknowledged_updates
        }
    }
    public struct Message: Codable, Sendable, Hashable {
        /// Base64.
        public var data: String
        public init(data: String) { self.data = data }
    }

    public var executor_id: ExecutorID?
    public var framework_id: FrameworkID?
    public var type: Kind?
    public var subscribe: Subscribe?
    public var update: Update?
    public var message: Message?

    public init(type: Kind, executor_id: ExecutorID?, framework_id: FrameworkID?) {
        self.type = type
        self.executor_id = executor_id
        self.framework_id = framework_id
    }
}
