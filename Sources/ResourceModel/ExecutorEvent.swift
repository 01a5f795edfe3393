/// What an agent sends on a custom executor's stream (contracts/mesos.md §9).
public struct ExecutorEvent: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case subscribed = "SUBSCRIBED"
        case launch = "LAUNCH"
        case kill = "KILL"
        case acknowledged = "ACKNOWLEDGED"
        case message = "MESSAGE"
        case error = "ERROR"
        case shutdown = "SHUTDOWN"
        case heartbeat = "HEARTBEAT"
    }
    public struct Subscribed: Codable, Sendable, Hashable {
        public var executor_info: ExecutorInfo
        public var framework_info: FrameworkInfo
        public var agent_info: AgentInfo
        public var container_id: ContainerID?
        public init(executor_info: ExecutorInfo, framework_info: FrameworkInfo, agent_info: AgentInfo, container_id: ContainerID?) {
            self.executor_info = executor_info
            self.framework_info = framework_info
            self.agent_info = agent_info
            self.container_id = container_id
        }
    }
    public struct Launch: Codable, Sendable, Hashable {
        public var task: TaskInfo
        public init(task: TaskInfo) { self.task = task }
    }
    public struct Kill: Codable, Sendable, Hashable {
        public var task_id: TaskID
        public var kill_policy: KillPolicy?
        public init(task_id: TaskID, kill_policy: KillPolicy? = nil) {
            self.task_id = task_id
            self.kill_policy = kill_policy
        }
    }
    public struct Acknowledged: Codable, Sendable, Hashable {
        public var task_id: TaskID
        /// Base64 of 16 bytes.
        public var uuid: String
        public init(task_id: TaskID, uuid: String) {
            self.task_id = task_id
            self.uuid = uuid
        }
    }
    public struct Message: Codable, Sendable, Hashable {
        /// Base64.
        public var data: String
        public init(data: String) { self.data = data }
    }
    public struct Failed: Codable, Sendable, Hashable {
        public var message: String
        public init(message: String) { self.message = message }
    }

    public var type: Kind
    public var subscribed: Subscribed?
    public var acknowledged: Acknowledged?
    public var launch: Launch?
    public var kill: Kill?
    public var message: Message?
    public var error: Failed?

    public init(type: Kind) { self.type = type }
}
