/// What the master sends on a scheduler's stream (contracts/mesos.md §8.6).
public struct SchedulerEvent: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
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
