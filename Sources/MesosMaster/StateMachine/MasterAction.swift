import ClusterState
import ResourceModel

/// What a master does in answer to an event, in this order.
enum MasterAction: Sendable, Hashable {
    /// Write all or nothing, fenced; then `.committed` or `.commitFailed`.
    case commit(CommitID, [DurableWrite])
    case tellAgent(LinkID, AgentCommand)
    case closeAgentLink(LinkID)
    case tellScheduler(StreamID, SchedulerEvent)
    case closeSchedulerStream(StreamID)
    /// To every operator's stream.
    case publish(OperatorEvent)
    case reply(RequestID, Reply)
    /// A decision worth a line in the log.
    case log(String, [String: String])
}

/// The answer to an HTTP request: a status and a plain text, empty for no body.
struct Reply: Sendable, Hashable {
    var status: Int
    var message = ""

    static let accepted = Reply(status: 202)
    static let ok = Reply(status: 200)
    static func bad(_ message: String) -> Reply { Reply(status: 400, message: message) }
    static func forbidden(_ message: String) -> Reply { Reply(status: 403, message: message) }
    static let unavailable = Reply(status: 503, message: "The change could not be stored; try again")
    static let lostLeadership = Reply(status: 503, message: "No leader elected")
}

/// One change of `/mesos_state`.
enum DurableWrite: Sendable, Hashable {
    case agent(AgentRecord)
    case forgetAgent(AgentID)
    case framework(FrameworkRecord)
    case forgetFramework(FrameworkID)
    /// Empty: the node goes.
    case kills(AgentID, PendingKills)
    /// The task chunks of an agent that was removed.
    case forgetTasks(AgentID, chunks: [String])
    case quotas(QuotasRecord)
    case weights(WeightsRecord)
    case maintenance(MaintenanceRecord)
    case machines(MachinesRecord)
}
