/// An operator's call to the master, `POST /api/v1`: `mesos.v1.master.Call` (contracts/mesos.md §10, §20, appendix A).
public struct OperatorCall: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case unknown = "UNKNOWN"
        case getHealth = "GET_HEALTH"
        case getFlags = "GET_FLAGS"
        case getVersion = "GET_VERSION"
        case getMetrics = "GET_METRICS"
        case getLoggingLevel = "GET_LOGGING_LEVEL"
        case setLoggingLevel = "SET_LOGGING_LEVEL"
        case listFiles = "LIST_FILES"
        case readFile = "READ_FILE"
        case getState = "GET_STATE"
        case getAgents = "GET_AGENTS"
        case getFrameworks = "GET_FRAMEWORKS"
        case getExecutors = "GET_EXECUTORS"
        case getTasks = "GET_TASKS"
        case getRoles = "GET_ROLES"
        case getWeights = "GET_WEIGHTS"
        case updateWeights = "UPDATE_WEIGHTS"
        case getMaster = "GET_MASTER"
        case subscribe = "SUBSCRIBE"
        case reserveResources = "RESERVE_RESOURCES"
        case unreserveResources = "UNRESERVE_RESOURCES"
        case createVolumes = "CREATE_VOLUMES"
        case destroyVolumes = "DESTROY_VOLUMES"
        case getMaintenanceStatus = "GET_MAINTENANCE_STATUS"
        case getMaintenanceSchedule = "GET_MAINTENANCE_SCHEDULE"
        case updateMaintenanceSchedule = "UPDATE_MAINTENANCE_SCHEDULE"
        case startMaintenance = "START_MAINTENANCE"
        case stopMaintenance = "STOP_MAINTENANCE"
        case getQuota = "GET_QUOTA"
        case setQuota = "SET_QUOTA"
        case removeQuota = "REMOVE_QUOTA"
        case teardown = "TEARDOWN"
        case markAgentGone = "MARK_AGENT_GONE"
        case drainAgent = "DRAIN_AGENT"
        case deactivateAgent = "DEACTIVATE_AGENT"
        case reactivateAgent = "REACTIVATE_AGENT"
        case getOperations = "GET_OPERATIONS"
        case growVolume = "GROW_VOLUME"
        case shrinkVolume = "SHRINK_VOLUME"
        case updateQuota = "UPDATE_QUOTA"
    }
    public struct GetMetrics: Codable, Sendable, Hashable {
        public var timeout: DurationInfo?
        public init(timeout: DurationInfo? = nil) { self.timeout = timeout }
    }
    public struct SetLoggingLevel: Codable, Sendable, Hashable {
        public var level: Int
        public var duration: DurationInfo
        public init(level: Int, duration: DurationInfo) {
            self.level = level
            self.duration = duration
        }
    }
    public struct ListFiles: Codable, Sendable, Hashable {
        public var path: String
        public init(path: String) { self.path = path }
    }
    public struct ReadFile: Codable, Sendable, Hashable {
        public var path: String
        /// Bytes.
        public var offset: Int
        public var length: Int?
        public init(path: String, offset: Int, length: Int? = nil) {
            self.path = path
            self.offset = offset
            self.length = length
        }
    }
    public struct UpdateWeights: Codable, Sendable, Hashable {
        @Listed public var weight_infos: [WeightInfo]
        public init(weight_infos: [WeightInfo]) { self.weight_infos = weight_infos }
    }
    /// RESERVE_RESOURCES and UNRESERVE_RESOURCES.
    public struct AgentResources: Codable, Sendable, Hashable {
        public var agent_id: AgentID
        @Listed public var resources: [Resource]
        public init(agent_id: AgentID, resources: [Resource]) {
            self.agent_id = agent_id
            self.resources = resources
        }
    }
    /// CREATE_VOLUMES and DESTROY_VOLUMES.
    public struct AgentVolumes: Codable, Sendable, Hashable {
        public var agent_id: AgentID
        @Listed public var volumes: [Resource]
        public init(agent_id: AgentID, volumes: [Resource]) {
            self.agent_id = agent_id
            self.volumes = volumes
        }
    }
    public struct UpdateSchedule: Codable, Sendable, Hashable {
        public var schedule: MaintenanceSchedule
        public init(schedule: MaintenanceSchedule) { self.schedule = schedule }
    }
    /// START_MAINTENANCE and STOP_MAINTENANCE.
    public struct Machines: Codable, Sendable, Hashable {
        @Listed public var machines: [MachineID]
        public init(machines: [MachineID]) { self.machines = machines }
    }
    public struct SetQuota: Codable, Sendable, Hashable {
        public var quota_request: QuotaRequest
        public init(quota_request: QuotaRequest) { self.quota_request = quota_request }
    }
    public struct RemoveQuota: Codable, Sendable, Hashable {
        public var role: String
        public init(role: String) { self.role = role }
    }
    public struct Teardown: Codable, Sendable, Hashable {
        public var framework_id: FrameworkID
        public init(framework_id: FrameworkID) { self.framework_id = framework_id }
    }
    /// MARK_AGENT_GONE, DEACTIVATE_AGENT and REACTIVATE_AGENT.
    public struct OneAgent: Codable, Sendable, Hashable {
        public var agent_id: AgentID
        public init(agent_id: AgentID) { self.agent_id = agent_id }
    }
    public struct DrainAgent: Codable, Sendable, Hashable {
        public var agent_id: AgentID
        /// The longest a task may take to end; nil: what its kill policy says.
        public var max_grace_period: ProtobufDuration?
        @Defaulted<Defaults.False> public var mark_gone: Bool
        public init(agent_id: AgentID, max_grace_period: ProtobufDuration? = nil, mark_gone: Bool = false) {
            self.agent_id = agent_id
            self.max_grace_period = max_grace_period
            self.mark_gone = mark_gone
        }
    }
    public struct GrowVolume: Codable, Sendable, Hashable {
        public var agent_id: AgentID?
        public var volume: Resource
        public var addition: Resource
        public init(agent_id: AgentID?, volume: Resource, addition: Resource) {
            self.agent_id = agent_id
            self.volume = volume
            self.addition = addition
        }
    }
    public struct ShrinkVolume: Codable, Sendable, Hashable {
        public var agent_id: AgentID?
        public var volume: Resource
        /// MB.
        public var subtract: ScalarValue
        public init(agent_id: AgentID?, volume: Resource, subtract: ScalarValue) {
            self.agent_id = agent_id
            self.volume = volume
            self.subtract = subtract
        }
    }
    /// All of them or none.
    public struct UpdateQuota: Codable, Sendable, Hashable {
        /// Skips the tests whether the cluster could satisfy all guarantees and whether a limit is exceeded already.
        public var force: Bool?
        @Listed public var quota_configs: [QuotaConfig]
        public init(quota_configs: [QuotaConfig], force: Bool? = nil) {
            self.quota_configs = quota_configs
            self.force = force
        }
    }

    public var type: Kind?
    public var get_metrics: GetMetrics?
    public var set_logging_level: SetLoggingLevel?
    public var list_files: ListFiles?
    public var read_file: ReadFile?
    public var update_weights: UpdateWeights?
    public var reserve_resources: AgentResources?
    public var unreserve_resources: AgentResources?
    public var create_volumes: AgentVolumes?
    public var destroy_volumes: AgentVolumes?
    public var update_maintenance_schedule: UpdateSchedule?
    public var start_maintenance: Machines?
    public var stop_maintenance: Machines?
    public var set_quota: SetQuota?
    public var remove_quota: RemoveQuota?
    public var teardown: Teardown?
    public var mark_agent_gone: OneAgent?
    public var drain_agent: DrainAgent?
    public var deactivate_agent: OneAgent?
    public var reactivate_agent: OneAgent?
    public var grow_volume: GrowVolume?
    public var shrink_volume: ShrinkVolume?
    public var update_quota: UpdateQuota?

    public init(type: Kind) { self.type = type }
}
