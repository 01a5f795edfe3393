internal import SwiftProtobuf

/// The messages with a binary form that cross the network on their own (contracts/mesos.md, appendix A).
public enum ProtobufMessage: String, Sendable, CaseIterable {
    case schedulerCall = "mesos.v1.scheduler.Call"
    case schedulerEvent = "mesos.v1.scheduler.Event"
    case executorCall = "mesos.v1.executor.Call"
    case executorEvent = "mesos.v1.executor.Event"
    case masterCall = "mesos.v1.master.Call"
    case masterResponse = "mesos.v1.master.Response"
    case masterEvent = "mesos.v1.master.Event"
    case agentCall = "mesos.v1.agent.Call"
    case agentResponse = "mesos.v1.agent.Response"

    var type: any SwiftProtobuf.Message.Type {
        switch self {
        case .schedulerCall: Mesos_V1_Scheduler_Call.self
        case .schedulerEvent: Mesos_V1_Scheduler_Event.self
        case .executorCall: Mesos_V1_Executor_Call.self
        case .executorEvent: Mesos_V1_Executor_Event.self
        case .masterCall: Mesos_V1_Master_Call.self
        case .masterResponse: Mesos_V1_Master_Response.self
        case .masterEvent: Mesos_V1_Master_Event.self
        case .agentCall: Mesos_V1_Agent_Call.self
        case .agentResponse: Mesos_V1_Agent_Response.self
        }
    }
}
