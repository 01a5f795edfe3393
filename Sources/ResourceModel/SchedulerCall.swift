/// A scheduler's call, `POST /api/v1/scheduler` (contracts/mesos.md §8.4).
public struct SchedulerCall: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case unknown = "UNKNOWN"
        case subscribe = "SUBSCRIBE"
        case teardown = "TEARDOWN"
        case accept = "ACCEPT"
        case decline = "DECLINE"
        case acceptInverseOffers = "ACCEPT_INVERSE_OFFERS"
        case declineInverseOffers = "DECLINE_INVERSE_OFFERS"
        case revive = "REVIVE"
        case suppress = "SUPPRESS"
        case kill = "KILL"
        case shutdown = "SHUTDOWN"
        case acknowledge = "ACKNOWLEDGE"
        case reconcile = "RECONCILE"
        case message = "MESSAGE"
        case request = "REQUEST"
        case updateFramework = "UPDATE_FRAMEWORK"
        case acknowledgeOperationStatus = "ACKNOWLEDGE_OPERATION_STATUS"
        case reconcileOperations = "RECONCILE_OPERATIONS"
    }
    public struct Subscribe: Codable, Sendable, Hashable {
        public var framework_info: FrameworkInfo
        /// Of the framework's roles: no offers for them until it revives them.
        @Listed public var suppressed_roles: [String]
        public var offer_constraints: OfferConstraints?
        public init(framework_info: FrameworkInfo, suppressed_roles: [String] = [], offer_constraints: OfferConstraints? = nil) {
            self.framework_info = framework_info
            self.suppressed_roles = suppressed_roles
            self.offer_constraints = offer_constraints
        }
    }
    public struct Accept: Codable, Sendable, Hashable {
        @Listed public var offer_ids: [OfferID]
        @Listed public var operations: [Operation]
        public var filters: Filters?
        public init(offer_ids: [OfferID], operations: [Operation], filters: Filters? = nil) {
            self.offer_ids = offer_ids
            self.operations = operations
            self.filters = filters
        }
    }
    public struct Decline: Codable, Sendable, Hashable {
        @Listed public var offer_ids: [OfferID]
        public var filters: Filters?
        public init(offer_ids: [OfferID], filters: Filters? = nil) {
            self.offer_ids = offer_ids
            self.filters = filters
        }
    }
    public struct Kill: Codable, Sendable, Hashable {
        public var task_id: TaskID
        public var agent_id: AgentID?
        public var kill_policy: KillPolicy?
        public init(task_id: TaskID, agent_id: AgentID? = nil, kill_policy: KillPolicy? = nil) {
            self.task_id = task_id
            self.agent_id = agent_id
            self.kill_policy = kill_policy
        }
    }
    /// ACCEPT_INVERSE_OFFERS and DECLINE_INVERSE_OFFERS.
    public struct InverseOffers: Codable, Sendable, Hashable {
        @Listed public var inverse_offer_ids: [OfferID]
        public var filters: Filters?
        public init(inverse_offer_ids: [OfferID], filters: Filters? = nil) {
            self.inverse_offer_ids = inverse_offer_ids
            self.filters = filters
        }
    }
    /// REVIVE and SUPPRESS; no roles: all of the framework's.
    public struct Roles: Codable, Sendable, Hashable {
        @Listed public var roles: [String]
        public init(roles: [String]) { self.roles = roles }
    }
    public struct Request: Codable, Sendable, Hashable {
        public struct Wish: Codable, Sendable, Hashable {
            public var agent_id: AgentID?
            @Listed public var resources: [Resource]
        }
        @Listed public var requests: [Wish]
    }
    public struct Shutdown: Codable, Sendable, Hashable {
        public var executor_id: ExecutorID
        public var agent_id: AgentID
        public init(executor_id: ExecutorID, agent_id: AgentID) {
            self.executor_id = executor_id
            self.agent_id = agent_id
        }
    }
    public struct Acknowledge: Codable, Sendable, Hashable {
        public var agent_id: AgentID
        public var task_id: TaskID
        public var uuid: String
        public init(agent_id: AgentID, task_id: TaskID, uuid: String) {
            self.agent_id = agent_id
            self.task_id = task_id
            self.uuid = uuid
        }
    }
    public struct Reconcile: Codable, Sendable, Hashable {
        public struct Task: Codable, Sendable, Hashable {
            public var task_id: TaskID
            public var agent_id: AgentID?
            public init(task_id: TaskID, agent_id: AgentID? = nil) {
                self.task_id = task_id
                self.agent_id = agent_id
            }
        }
        @Listed public var tasks: [Task]
        public init(tasks: [Task] = []) { self.tasks = tasks }
    }
    public struct Message: Codable, Sendable, Hashable {
        public var agent_id: AgentID
        public var executor_id: ExecutorID
        /// Base64.
        public var data: String
        public init(agent_id: AgentID, executor_id: ExecutorID, data: String) {
            self.agent_id = agent_id
            self.executor_id = executor_id
            self.data = data
        }
    }

    public var type: Kind?
    public var framework_id: FrameworkID?
    public var subscribe: Subscribe?
    public var accept: Accept?
    public var decline: Decline?
    public var kill: Kill?
    public var shutdown: Shutdown?
    public var acknowledge: Acknowledge?
    public var reconcile: Reconcile?
    public var message: Message?
    public var request: Request?
    public var accept_inverse_offers: InverseOffers?
    public var decline_inverse_offers: InverseOffers?
    public var revive: Roles?
    public var suppress: Roles?
    /// The same fields, in place of those that were told before.
    public var update_framework: Subscribe?

    public init(type: Kind, framework_id: FrameworkID? = nil) {
        self.type = type
        self.framework_id = framework_id
    }
}
