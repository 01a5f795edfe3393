/// One operation of an ACCEPT.
public struct Operation: Codable, Sendable, Hashable {
    public struct Launch: Codable, Sendable, Hashable {
        @Listed public var task_infos: [TaskInfo]
        public init(task_infos: [TaskInfo]) { self.task_infos = task_infos }
    }
    public struct ResourceList: Codable, Sendable, Hashable {
        @Listed public var resources: [Resource]
        public init(resources: [Resource]) { self.resources = resources }
    }
    public struct VolumeList: Codable, Sendable, Hashable {
        @Listed public var volumes: [Resource]
        public init(volumes: [Resource]) { self.volumes = volumes }
    }
    public enum Kind: String, Codable, Sendable {
        case launch = "LAUNCH"
        case reserve = "RESERVE"
        case unreserve = "UNRESERVE"
        case create = "CREATE"
        case destroy = "DESTROY"
        case launchGroup = "LAUNCH_GROUP"
    }
    public var type: Kind
    public var launch: Launch?
    public var reserve: ResourceList?
    public var unreserve: ResourceList?
    public var create: VolumeList?
    public var destroy: VolumeList?

    public static func launch(_ tasks: [TaskInfo]) -> Operation {
        var operation = Operation(type: .launch)
        operation.launch = Launch(task_infos: tasks)
        return operation
    }

    public static func reserve(_ resources: [Resource]) -> Operation {
        var operation = Operation(type: .reserve)
        operation.reserve = ResourceList(resources: resources)
        return operation
    }

    public static func unreserve(_ resources: [Resource]) -> Operation {
        var operation = Operation(type: .unreserve)
        operation.unreserve = ResourceList(resources: resources)
        return operation
    }

    public static func create(_ volumes: [Resource]) -> Operation {
        var operation = Operation(type: .create)
        operation.create = VolumeList(volumes: volumes)
        return operation
    }

    public static func destroy(_ volumes: [Resource]) -> Operation {
        var operation = Operation(type: .destroy)
        operation.destroy = VolumeList(volumes: volumes)
        return operation
    }

    public init(type: Kind) { self.type = type }
}

/// A scheduler's call, `POST /api/v1/scheduler` (contracts/mesos.md §8.4).
public struct SchedulerCall: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable {
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
    }
    public struct Subscribe: Codable, Sendable, Hashable {
        public var framework_info: FrameworkInfo
        public var force: Bool?
        public init(framework_info: FrameworkInfo) { self.framework_info = framework_info }
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

    public init(type: Kind, framework_id: FrameworkID? = nil) {
        self.type = type
        self.framework_id = framework_id
    }
}

/// What the master sends on a scheduler's stream (contracts/mesos.md §8.6).
public struct SchedulerEvent: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable {
        case subscribed = "SUBSCRIBED"
        case offers = "OFFERS"
        case inverseOffers = "INVERSE_OFFERS"
        case rescind = "RESCIND"
        case rescindInverseOffer = "RESCIND_INVERSE_OFFER"
        case update = "UPDATE"
        case message = "MESSAGE"
        case failure = "FAILURE"
        case error = "ERROR"
        case heartbeat = "HEARTBEAT"
    }
    public struct Subscribed: Codable, Sendable, Hashable {
        public var framework_id: FrameworkID
        public var heartbeat_interval_seconds: Double?
        public var master_info: MasterInfo?
        public init(framework_id: FrameworkID, heartbeat_interval_seconds: Double? = 15, master_info: MasterInfo? = nil) {
            self.framework_id = framework_id
            self.heartbeat_interval_seconds = heartbeat_interval_seconds
            self.master_info = master_info
        }
    }
    public struct Offers: Codable, Sendable, Hashable {
        @Listed public var offers: [Offer]
        public init(offers: [Offer]) { self.offers = offers }
    }
    public struct Rescind: Codable, Sendable, Hashable {
        public var offer_id: OfferID
        public init(offer_id: OfferID) { self.offer_id = offer_id }
    }
    public struct Update: Codable, Sendable, Hashable {
        public var status: TaskStatus
        public init(status: TaskStatus) { self.status = status }
    }
    public struct InverseOffers: Codable, Sendable, Hashable {
        @Listed public var inverse_offers: [InverseOffer]
        public init(inverse_offers: [InverseOffer]) { self.inverse_offers = inverse_offers }
    }
    public struct RescindInverseOffer: Codable, Sendable, Hashable {
        public var inverse_offer_id: OfferID
        public init(inverse_offer_id: OfferID) { self.inverse_offer_id = inverse_offer_id }
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
    public struct Failure: Codable, Sendable, Hashable {
        public var agent_id: AgentID?
        public var executor_id: ExecutorID?
        public var status: Int?
        public init(agent_id: AgentID?, executor_id: ExecutorID? = nil, status: Int? = nil) {
            self.agent_id = agent_id
            self.executor_id = executor_id
            self.status = status
        }
    }
    public struct Failed: Codable, Sendable, Hashable {
        public var message: String
        public init(message: String) { self.message = message }
    }

    public var type: Kind
    public var subscribed: Subscribed?
    public var offers: Offers?
    public var inverse_offers: InverseOffers?
    public var rescind: Rescind?
    public var rescind_inverse_offer: RescindInverseOffer?
    public var update: Update?
    public var message: Message?
    public var failure: Failure?
    public var error: Failed?

    public init(type: Kind) { self.type = type }
}
