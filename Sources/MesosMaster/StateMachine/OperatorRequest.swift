import ClusterState
import ResourceModel

/// A change an operator asks for; the v0 endpoints and the operator API v1 both end here.
enum OperatorRequest: Sendable, Hashable {
    // Reservations and volumes (contracts/mesos.md §4.7): 202 or 400, 409.
    case reserve(AgentID, [Resource])
    case unreserve(AgentID, [Resource])
    case createVolumes(AgentID, [Resource])
    case destroyVolumes(AgentID, [Resource])
    case growVolume(AgentID?, volume: Resource, addition: Resource)
    /// - subtract: MB.
    case shrinkVolume(AgentID?, volume: Resource, subtract: Double)
    // Roles (§4.8): 200 or 400, 409.
    case setQuota(QuotaRequest)
    case removeQuota(role: String)
    case updateQuotas([QuotaConfig], force: Bool)
    case setWeights([WeightInfo])
    // Maintenance (§4.9): 200 or 400.
    case setSchedule(MaintenanceSchedule)
    case machinesDown([MachineID])
    case machinesUp([MachineID])
    // Single agents (§20): 200 or 400.
    case markGone(AgentID)
    case drain(AgentID, AgentDrain)
    case deactivate(AgentID)
    case reactivate(AgentID)
}
