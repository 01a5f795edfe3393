import ResourceModel

/// What a framework hears.
public enum SchedulerClientEvent: Sendable {
    /// A stream is up: first after each (re)subscription. Old offers are void; what is not known for sure must be reconciled.
    case subscribed(SchedulerEvent.Subscribed, master: MasterEndpoint)
    /// The stream is gone; offers are void. The client goes on trying by itself.
    case disconnected(reason: String)
    case offers([Offer])
    case rescind(OfferID)
    case update(TaskStatus)
    /// An agent (or a custom executor on it) is lost.
    case failure(SchedulerEvent.Failure)
    case message(SchedulerEvent.Message)
    /// The master refuses this framework, e.g. `Framework has been removed`. The client tries again after a long pause.
    case error(String)
}

public enum SchedulerClientError: Error, Sendable, CustomStringConvertible {
    /// No stream is up: the call did not go out.
    case notSubscribed
    /// The master answered and did not accept the call.
    case rejected(status: Int, message: String)
    /// The connection broke: the call may or may not have arrived.
    case outcomeUnknown(String)

    /// The master surely did not take the call.
    public var isNotDelivered: Bool {
        switch self {
        case .notSubscribed, .rejected: true
        case .outcomeUnknown: false
        }
    }

    public var description: String {
        switch self {
        case .notSubscribed: "not subscribed to a master"
        case .rejected(let status, let message): "the master answered \(status): \(message)"
        case .outcomeUnknown(let reason): "connection to the master broke during the call: \(reason)"
        }
    }
}
