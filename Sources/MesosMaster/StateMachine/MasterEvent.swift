import ClusterState
import ResourceModel

/// One stream of commands to an agent.
typealias LinkID = Int
/// The `Mesos-Stream-Id` of a scheduler's stream.
typealias StreamID = String
/// An HTTP request that waits for its answer.
typealias RequestID = Int
/// A durable write that the state machine waits for.
typealias CommitID = Int

/// What happens to a master.
enum MasterEvent: Sendable {
    /// The mirror of `/mesos_state` changed.
    case mirror(KernelBatch)
    /// This master leads; `epoch` as in `LeaderRecord.epoch`.
    case elected(epoch: Int64)
    /// This master no longer leads.
    case deposed
    /// The connection to ZooKeeper was interrupted and is back.
    case zooKeeperReconnected
    case agentSubscribed(LinkID, AgentRegistration)
    case agentLinkClosed(LinkID)
    case agentReported(RequestID, AgentReport)
    /// A SUBSCRIBE that passed the checks of the transport.
    case schedulerSubscribed(StreamID, FrameworkID?, SchedulerCall.Subscribe)
    case schedulerStreamClosed(StreamID)
    /// Any other call; `stream` is its `Mesos-Stream-Id` header.
    case schedulerCalled(RequestID, SchedulerCall, stream: StreamID?)
    /// `/teardown`.
    case teardown(RequestID, FrameworkID)
    /// An operator's change, over v0 or v1; `principal` is who asked, if authenticated.
    case operatorCalled(RequestID, OperatorRequest, principal: String?)
    case committed(CommitID)
    case commitFailed(CommitID)
    /// Timers: send it every few hundred milliseconds while leading.
    case tick
}
