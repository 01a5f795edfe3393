/// The master's answer to an operator's call: `mesos.v1.master.Response` (contracts/mesos.md §10, appendix A). Kinds are
/// named after their calls.
public struct OperatorResponse: Codable, Sendable, Hashable {
    public struct Health: Codable, Sendable, Hashable {
        public var healthy: Bool
        public init(healthy: Bool) { self.healthy = healthy }
    }
    public struct Flag: Codable, Sendable, Hashable {
        public var name: String
        public var value: String?
        public init(name: String, value: String?) {
            self.name = name
            self.value = value
        }
    }
    public struct FlagList: Codable, Sendable, Hashable {
        @Listed public var flags: [Flag]
        public init(flags: [Flag]) { self.flags = flags }
    }
    public struct VersionInfo: Codable, Sendable, Hashable {
        public var version: String
        public var build_date: String?
        /// Seconds since the epoch.
        public var build_time: Double?
        public var build_user: String?
        public var git_sha: String?
        public var git_branch: String?
        public var git_tag: String?
        public init(version: String, build_date: String? = nil, build_time: Double? = nil, build_user: String? = nil) {
            self.version = version
            self.build_date = build_date
            self.build_time = build_time
            self.build_user = build_user
        }
    }
    public struct Version: Codable, Sendable, Hashable {
        public var version_info: VersionInfo
        public init(version_info: VersionInfo) { self.version_info = version_info }
    }
    public struct Metric: Codable, Sendable, Hashable {
        public var name: String
        public var value: Double?
        public init(name: String, value: Double?) {
            self.name = name
            self.value = value
        }
    }
    public struct MetricList: Codable, Sendable, Hashable {
        @Listed public var metrics: [Metric]
        public init(metrics: [Metric]) { self.metrics = metrics }
    }
    public struct LoggingLevel: Codable, Sendable, Hashable {
        public var level: Int
        public init(level: Int) { self.level = level }
    }
    public struct FileInfo: Codable, Sendable, Hashable {
        /// The virtual path.
        public var path: String
        public var nlink: Int?
        /// Bytes.
        public var size: Int?
        public var mtime: TimeInfo?
        /// As of stat(2).
        public var mode: Int?
        public var uid: String?
        public var gid: String?
        public init(path: String) { self.path = path }
    }
    public struct FileList: Codable, Sendable, Hashable {
        @Listed public var file_infos: [FileInfo]
        public init(file_infos: [FileInfo]) { self.file_infos = file_infos }
    }
    public struct FileContents: Codable, Sendable, Hashable {
        /// Of the whole file, in bytes.
        public var size: Int
        /// Base64.
        public var data: String
        public init(size: Int, data: String) {
            self.size = size
            self.data = data
        }
    }
    public struct Agent: Codable, Sendable, Hashable {
        public var agent_info: AgentInfo
        public var active: Bool
        public var version: String
        public var pid: String?
        public var registered_time: TimeInfo?
        public var reregistered_time: TimeInfo?
        @Listed public var total_resources: [Resource]
        @Listed public var allocated_resources: [Resource]
        @Listed public var offered_resources: [Resource]
        /// True: an operator wants no offers from it.
        public var deactivated: Bool?
        public var drain_info: DrainInfo?
        public init(agent_info: AgentInfo, active: Bool, version: String) {
            self.agent_info = agent_info
            self.active = active
            self.version = version
            total_resources = []
            allocated_resources = []
            offered_resources = []
        }
    }
    /// How far an operator's DRAIN_AGENT is.
    public struct DrainInfo: Codable, Sendable, Hashable {
        public enum State: String, Codable, Sendable, CaseIterable { case unknown = "UNKNOWN", draining = "DRAINING", drained = "DRAINED" }
        public struct Config: Codable, Sendable, Hashable {
            public var max_grace_period: DurationInfo?
            @Defaulted<Defaults.False> public var mark_gone: Bool
            public init(max_grace_period: DurationInfo?, mark_gone: Bool) {
                self.max_grace_period = max_grace_period
                self.mark_gone = mark_gone
            }
        }
        public var state: State
        public var config: Config
        public init(state: State, config: Config) {
            self.state = state
            self.config = config
        }
    }
    public struct Agents: Codable, Sendable, Hashable {
        @Listed public var agents: [Agent]
        /// Known from the registry; they have not come back since the election.
        @Listed public var recovered_agents: [AgentInfo]
        public init(agents: [Agent], recovered_agents: [AgentInfo] = []) {
            self.agents = agents
            self.recovered_agents = recovered_agents
        }
    }
    public struct Framework: Codable, Sendable, Hashable {
        public var framework_info: FrameworkInfo
        public var active: Bool
        public var connected: Bool
        public var recovered: Bool?
        public var registered_time: TimeInfo?
        public var reregistered_time: TimeInfo?
        public var unregistered_time: TimeInfo?
        @Listed public var offers: [Offer]
        @Listed public var inverse_offers: [InverseOffer]
        @Listed public var allocated_resources: [Resource]
        @Listed public var offered_resources: [Resource]
        public var offer_constraints: OfferConstraints?
        public init(framework_info: FrameworkInfo, active: Bool, connected: Bool) {
            self.framework_info = framework_info
            self.active = active
            self.connected = connected
            offers = []
            inverse_offers = []
            allocated_resources = []
            offered_resources = []
        }
    }
    public struct Frameworks: Codable, Sendable, Hashable {
        @Listed public var frameworks: [Framework]
        @Listed public var completed_frameworks: [Framework]
        @Listed public var recovered_frameworks: [FrameworkInfo]
        public init(frameworks: [Framework], completed_frameworks: [Framework], recovered_frameworks: [FrameworkInfo] = []) {
            self.frameworks = frameworks
            self.completed_frameworks = completed_frameworks
            self.recovered_frameworks = recovered_frameworks
        }
    }
    public struct Executor: Codable, Sendable, Hashable {
        public var executor_info: ExecutorInfo
        public var agent_id: AgentID
        public init(executor_info: ExecutorInfo, agent_id: AgentID) {
            self.executor_info = executor_info
            self.agent_id = agent_id
        }
    }
    public struct Executors: Codable, Sendable, Hashable {
        @Listed public var executors: [Executor]
        @Listed public var orphan_executors: [Executor]
        public init(executors: [Executor], orphan_executors: [Executor] = []) {
            self.executors = executors
            self.orphan_executors = orphan_executors
        }
    }
    public struct Tasks: Codable, Sendable, Hashable {
        @Listed public var pending_tasks: [TaskDescription]
        @Listed public var tasks: [TaskDescription]
        @Listed public var unreachable_tasks: [TaskDescription]
        @Listed public var completed_tasks: [TaskDescription]
        @Listed public var orphan_tasks: [TaskDescription]
        public init(
            pending_tasks: [TaskDescription] = [], tasks: [TaskDescription], unreachable_tasks: [TaskDescription] = [],
            completed_tasks: [TaskDescription], orphan_tasks: [TaskDescription] = []
        ) {
            self.pending_tasks = pending_tasks
            self.tasks = tasks
            self.unreachable_tasks = unreachable_tasks
            self.completed_tasks = completed_tasks
            self.orphan_tasks = orphan_tasks
        }
    }
    public struct State: Codable, Sendable, Hashable {
        public var get_tasks: Tasks?
        public var get_executors: Executors?
        public var get_frameworks: Frameworks?
        public var get_agents: Agents?
        public init(tasks: Tasks, executors: Executors, frameworks: Frameworks, agents: Agents) {
            get_tasks = tasks
            get_executors = executors
            get_frameworks = frameworks
            get_agents = agents
        }
    }
    public struct Role: Codable, Sendable, Hashable {
        public var name: String
        public var weight: Double
        @Listed public var frameworks: [FrameworkID]
        @Listed public var resources: [Resource]
        public init(name: String, weight: Double, frameworks: [FrameworkID], resources: [Resource]) {
            self.name = name
            self.weight = weight
            self.frameworks = frameworks
            self.resources = resources
        }
    }
    public struct Roles: Codable, Sendable, Hashable {
        @Listed public var roles: [Role]
        public init(roles: [Role]) { self.roles = roles }
    }
    public struct Weights: Codable, Sendable, Hashable {
        @Listed public var weight_infos: [WeightInfo]
        public init(weight_infos: [WeightInfo]) { self.weight_infos = weight_infos }
    }
    public struct Master: Codable, Sendable, Hashable {
        public var master_info: MasterInfo
        /// Wall seconds.
        public var start_time: Double?
        public var elected_time: Double?
        public init(master_info: MasterInfo, start_time: Double? = nil, elected_time: Double? = nil) {
            self.master_info = master_info
            self.start_time = start_time
            self.elected_time = elected_time
        }
    }
    public struct Status: Codable, Sendable, Hashable {
        public var status: MaintenanceStatus
        public init(status: MaintenanceStatus) { self.status = status }
    }
    public struct Schedule: Codable, Sendable, Hashable {
        public var schedule: MaintenanceSchedule
        public init(schedule: MaintenanceSchedule) { self.schedule = schedule }
    }
    public struct Quota: Codable, Sendable, Hashable {
        public var status: QuotaStatus
        public init(status: QuotaStatus) { self.status = status }
    }
    /// Operations without feedback are over when their call is answered: none is pending.
    public struct Operations: Codable, Sendable, Hashable {
        public init() {}
    }

    public var type: OperatorCall.Kind
    public var get_health: Health?
    public var get_flags: FlagList?
    public var get_version: Version?
    public var get_metrics: MetricList?
    public var get_logging_level: LoggingLevel?
    public var list_files: FileList?
    public var read_file: FileContents?
    public var get_state: State?
    public var get_agents: Agents?
    public var get_frameworks: Frameworks?
    public var get_executors: Executors?
    public var get_tasks: Tasks?
    public var get_roles: Roles?
    public var get_weights: Weights?
    public var get_master: Master?
    public var get_maintenance_status: Status?
    public var get_maintenance_schedule: Schedule?
    public var get_quota: Quota?
    public var get_operations: Operations?

    public init(type: OperatorCall.Kind) { self.type = type }
}
