import ClusterState
import ResourceModel

// Quotas and weights of roles (contracts/mesos.md §4.8).
extension MasterStateMachine {
    mutating func setQuota(_ request: RequestID, _ quota: QuotaRequest, principal: String?, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func removeQuota(_ request: RequestID, role: String, now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }

    mutating func setWeights(_ request: RequestID, _ weights: [WeightInfo], now: Moment) {
        emit(.reply(request, Reply(status: 501)))
    }
}
