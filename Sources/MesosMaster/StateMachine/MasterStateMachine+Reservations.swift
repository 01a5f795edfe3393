import ClusterState
import ResourceModel

// Dynamic reservations and persistent volumes asked for by operators (contracts/mesos.md §4.7).
extension MasterStateMachine {
    mutating func reserve(_ request: RequestID, _ resources: [Resource], on agent: AgentID, principal: String?, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func unreserve(_ request: RequestID, _ resources: [Resource], on agent: AgentID, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func createVolumes(_ request: RequestID, _ volumes: [Resource], on agent: AgentID, principal: String?, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func destroyVolumes(_ request: RequestID, _ volumes: [Resource], on agent: AgentID, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }
}
