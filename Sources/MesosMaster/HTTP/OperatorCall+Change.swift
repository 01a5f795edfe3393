import ClusterState
import ResourceModel

extension OperatorCall.DrainAgent {
    fileprivate var grace: DurationInfo? { max_grace_period.map { DurationInfo(nanoseconds: $0.nanoseconds) } }
}

extension OperatorCall {
    /// What is missing in the message, or nil.
    var problem: String? {
        guard let type else { return "Expecting 'type' to be present" }
        let isMissing =
            switch type {
            case .getMetrics: get_metrics == nil
            case .setLoggingLevel: set_logging_level == nil
            case .listFiles: list_files == nil
            case .readFile: read_file == nil
            case .updateWeights: update_weights == nil
            case .reserveResources: reserve_resources == nil
            case .unreserveResources: unreserve_resources == nil
            case .createVolumes: create_volumes == nil
            case .destroyVolumes: destroy_volumes == nil
            case .updateMaintenanceSchedule: update_maintenance_schedule == nil
            case .startMaintenance: start_maintenance == nil
            case .stopMaintenance: stop_maintenance == nil
            case .setQuota: set_quota == nil
            case .removeQuota: remove_quota == nil
            case .teardown: teardown == nil
            case .markAgentGone: mark_agent_gone == nil
            case .drainAgent: drain_agent == nil
            case .deactivateAgent: deactivate_agent == nil
            case .reactivateAgent: reactivate_agent == nil
            case .growVolume: grow_volume == nil
            case .shrinkVolume: shrink_volume == nil
            case .updateQuota: update_quota == nil
            case .unknown, .getHealth, .getFlags, .getVersion, .getLoggingLevel, .getState, .getAgents, .getFrameworks, .getExecutors,
                .getTasks, .getRoles, .getWeights, .getMaster, .subscribe, .getMaintenanceStatus, .getMaintenanceSchedule, .getQuota,
                .getOperations:
                false
            }
        if isMissing { return "Expecting '\(type.rawValue.lowercased())' to be present" }
        for resource in resources {
            if let problem = resource.invalidity { return problem }
        }
        return nil
    }

    private var resources: [Resource] {
        (reserve_resources?.resources ?? []) + (unreserve_resources?.resources ?? []) + (create_volumes?.volumes ?? [])
            + (destroy_volumes?.volumes ?? []) + (grow_volume.map { [$0.volume, $0.addition] } ?? [])
            + (shrink_volume.map { [$0.volume] } ?? [])
    }

    /// What it changes, for calls that the state machine decides about.
    var change: OperatorRequest? {
        switch type {
        case .reserveResources: reserve_resources.map { .reserve($0.agent_id, $0.resources) }
        case .unreserveResources: unreserve_resources.map { .unreserve($0.agent_id, $0.resources) }
        case .createVolumes: create_volumes.map { .createVolumes($0.agent_id, $0.volumes) }
        case .destroyVolumes: destroy_volumes.map { .destroyVolumes($0.agent_id, $0.volumes) }
        case .growVolume: grow_volume.map { .growVolume($0.agent_id, volume: $0.volume, addition: $0.addition) }
        case .shrinkVolume: shrink_volume.map { .shrinkVolume($0.agent_id, volume: $0.volume, subtract: $0.subtract.value) }
        case .updateQuota: update_quota.map { .updateQuotas($0.quota_configs, force: $0.force ?? false) }
        case .updateWeights: update_weights.map { .setWeights($0.weight_infos) }
        case .setQuota: set_quota.map { .setQuota($0.quota_request) }
        case .removeQuota: remove_quota.map { .removeQuota(role: $0.role) }
        case .updateMaintenanceSchedule: update_maintenance_schedule.map { .setSchedule($0.schedule) }
        case .startMaintenance: start_maintenance.map { .machinesDown($0.machines) }
        case .stopMaintenance: stop_maintenance.map { .machinesUp($0.machines) }
        case .markAgentGone: mark_agent_gone.map { .markGone($0.agent_id) }
        case .drainAgent:
            drain_agent.map { .drain($0.agent_id, AgentDrain(max_grace_period: $0.grace, mark_gone: $0.mark_gone)) }
        case .deactivateAgent: deactivate_agent.map { .deactivate($0.agent_id) }
        case .reactivateAgent: reactivate_agent.map { .reactivate($0.agent_id) }
        default: nil
        }
    }
}
