import ClusterState
import ResourceModel

// Operators' changes (contracts/mesos.md §4.7 to §4.9, §20): each is validated, stored, then answered.
extension MasterStateMachine {
    mutating func operatorCalled(_ request: RequestID, _ change: OperatorRequest, principal: String?, now: Moment) {
        guard isLeading else { return emit(.reply(request, .lostLeadership)) }
        switch change {
        case .reserve(let agent, let resources): reserve(request, resources, on: agent, principal: principal, now: now)
        case .unreserve(let agent, let resources): unreserve(request, resources, on: agent, now: now)
        case .createVolumes(let agent, let volumes): createVolumes(request, volumes, on: agent, principal: principal, now: now)
        case .destroyVolumes(let agent, let volumes): destroyVolumes(request, volumes, on: agent, now: now)
        case .growVolume(let agent, let volume, let addition): growVolume(request, volume, by: addition, on: agent, now: now)
        case .shrinkVolume(let agent, let volume, let amount): shrinkVolume(request, volume, by: amount, on: agent, now: now)
        case .setQuota(let quota): setQuota(request, quota, principal: principal, now: now)
        case .removeQuota(let role): removeQuota(request, role: role, now: now)
        case .updateQuotas(let configs, let force): updateQuotas(request, configs, force: force, now: now)
        case .setWeights(let weights): setWeights(request, weights, now: now)
        case .setSchedule(let schedule): setSchedule(request, schedule, now: now)
        case .machinesDown(let machines): machinesDown(request, machines, now: now)
        case .machinesUp(let machines): machinesUp(request, machines, now: now)
        case .markGone(let agent): markGone(request, agent, now: now)
        case .drain(let agent, let drain): self.drain(request, agent, drain, now: now)
        case .deactivate(let agent): deactivate(request, agent, now: now)
        case .reactivate(let agent): reactivate(request, agent, now: now)
        }
    }
}
