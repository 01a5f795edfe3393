import AppModel
import ResourceModel

/// What the state machine wants done. Actions without `store` may happen at once; what must not happen before a write is
/// durable stands in its `then`.
enum EngineAction: Sendable {
    /// Write these nodes, and when they are durable do the rest.
    case store([NodeWrite], then: [EngineAction])
    /// Call the master; calls go out in the order of the actions.
    case call(MesosCall)
    /// Confirm a status update. It is stored by now.
    case acknowledge(TaskStatus)
    case publish([MarathonEvent])
    /// Perform these health checks on a task from now on; an empty list ends them.
    case check(task: String, [HealthTarget])
    /// Ask the task until it says that it is ready; nil ends it.
    case probe(task: String, ReadinessTarget?)
    /// The deployment has moved on or is done: write that.
    case settle(deployment: String)
    /// Send a tick at this time.
    case wake(Timestamp)
}

/// A call of the scheduler API.
enum MesosCall: Sendable {
    case accept(offer: OfferID, tasks: [TaskInfo])
    case decline([OfferID], refuseSeconds: Double)
    case kill(task: String, agent: AgentID, gracePeriodSeconds: Int?)
    case reconcile([SchedulerCall.Reconcile.Task])
    case revive
    case suppress
}

/// One health check of one running task, performed by the leader.
struct HealthTarget: Sendable, Hashable {
    var task: String
    /// In the definition of the task's version.
    var index: Int
    var check: HealthCheck
    var host: String
    /// nil: the definition names no port of this task; every round fails.
    var port: Int?
}

/// The readiness check of one new task.
struct ReadinessTarget: Sendable, Hashable {
    var task: String
    var check: ReadinessCheck
    var host: String
    var port: Int
}

/// The answer of a readiness check.
struct ReadinessResult: Sendable, Hashable {
    struct Response: Sendable, Hashable {
        var status: Int
        var contentType: String
        var body: String
    }
    var name: String
    var isReady: Bool
    /// Kept when the check asks for it.
    var response: Response?
}

/// What the state machine hears.
enum EngineInput: Sendable {
    case subscribed
    case disconnected
    case offers([Offer])
    case rescinded(OfferID)
    case status(TaskStatus)
    case checked(task: String, index: Int, TaskHealth.Result)
    case probed(task: String, ReadinessResult)
    /// The master did not get this ACCEPT.
    case notAccepted(tasks: [String])
    case tick
}
