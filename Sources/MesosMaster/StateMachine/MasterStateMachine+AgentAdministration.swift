import ClusterState
import ResourceModel

// What operators decide about single agents (contracts/mesos.md §20).
extension MasterStateMachine {
    mutating func markGone(_ request: RequestID, _ agent: AgentID, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func drain(_ request: RequestID, _ agent: AgentID, _ drain: AgentDrain, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func deactivate(_ request: RequestID, _ agent: AgentID, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func reactivate(_ request: RequestID, _ agent: AgentID, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }
}
