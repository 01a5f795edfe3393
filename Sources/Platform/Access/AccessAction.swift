/// What access control lists speak of: the name is that of the list in the file (contracts/mesos.md §3.5).
public enum AccessAction: String, Sendable, Hashable, CaseIterable {
    case registerFrameworks = "register_frameworks"
    case runTasks = "run_tasks"
    case teardownFrameworks = "teardown_frameworks"
    case reserveResources = "reserve_resources"
    case unreserveResources = "unreserve_resources"
    case createVolumes = "create_volumes"
    case destroyVolumes = "destroy_volumes"
    case resizeVolumes = "resize_volumes"
    case getQuotas = "get_quotas"
    case updateQuotas = "update_quotas"
    case setQuotas = "set_quotas"
    case removeQuotas = "remove_quotas"
    case viewRoles = "view_roles"
    case updateWeights = "update_weights"
    case getEndpoints = "get_endpoints"
    case viewFrameworks = "view_frameworks"
    case viewTasks = "view_tasks"
    case viewExecutors = "view_executors"
    case accessSandboxes = "access_sandboxes"
    case accessMesosLogs = "access_mesos_logs"
    case viewFlags = "view_flags"
    case setLogLevel = "set_log_level"
    case updateMaintenanceSchedules = "update_maintenance_schedules"
    case getMaintenanceSchedules = "get_maintenance_schedules"
    case startMaintenances = "start_maintenances"
    case stopMaintenances = "stop_maintenances"
    case getMaintenanceStatuses = "get_maintenance_statuses"
    case markAgentsGone = "mark_agents_gone"
    case drainAgents = "drain_agents"
    case deactivateAgents = "deactivate_agents"
    case reactivateAgents = "reactivate_agents"

    /// The field that names the objects.
    var objectField: String {
        switch self {
        case .registerFrameworks, .reserveResources, .createVolumes, .resizeVolumes, .getQuotas, .updateQuotas, .viewRoles, .updateWeights:
            "roles"
        case .runTasks, .viewFrameworks, .viewTasks, .viewExecutors, .accessSandboxes: "users"
        case .teardownFrameworks: "framework_principals"
        case .unreserveResources: "reserver_principals"
        case .destroyVolumes: "creator_principals"
        case .setQuotas, .removeQuotas: "quota_principals"
        case .getEndpoints: "paths"
        case .accessMesosLogs: "logs"
        case .viewFlags: "flags"
        case .setLogLevel: "level"
        case .updateMaintenanceSchedules, .getMaintenanceSchedules, .startMaintenances, .stopMaintenances, .getMaintenanceStatuses:
            "machines"
        case .markAgentsGone, .drainAgents, .deactivateAgents, .reactivateAgents: "agents"
        }
    }

    /// A former name of the list.
    var formerName: String? { self == .teardownFrameworks ? "shutdown_frameworks" : nil }
}
