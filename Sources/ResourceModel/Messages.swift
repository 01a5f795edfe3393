// The messages of the Mesos v1 API that frameworks, master and agents exchange, in their JSON form: field names as in
// contracts/mesos.md appendix A. Fields of later systems (images, networks, volumes) are carried so that nothing a
// client sent is lost on the way.

public struct Label: Codable, Sendable, Hashable {
    public var key: String
    public var value: String?
    public init(key: String, value: String? = nil) {
        self.key = key
        self.value = value
    }
}

public struct Labels: Codable, Sendable, Hashable {
    @Listed public var labels: [Label]
    public init(_ labels: [Label] = []) { self.labels = labels }
}

public struct Address: Codable, Sendable, Hashable {
    public var hostname: String?
    public var ip: String?
    public var port: Int
    public init(hostname: String? = nil, ip: String? = nil, port: Int) {
        self.hostname = hostname
        self.ip = ip
        self.port = port
    }
}

public struct URLInfo: Codable, Sendable, Hashable {
    public var scheme: String
    public var address: Address
    public var path: String?
    public init(scheme: String, address: Address, path: String? = nil) {
        self.scheme = scheme
        self.address = address
        self.path = path
    }
}

public struct TimeInfo: Codable, Sendable, Hashable {
    public var nanoseconds: Int64
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
}

public typealias DurationInfo = TimeInfo

public struct FrameworkInfo: Codable, Sendable, Hashable {
    public struct Capability: Codable, Sendable, Hashable {
        /// One of the names of the contract; unknown ones are kept.
        public var type: String
        public init(type: String) { self.type = type }
    }
    public var user: String
    public var name: String
    public var id: FrameworkID?
    /// Seconds between the loss of the scheduler's stream and the framework's removal.
    @Defaulted<Defaults.Zero> public var failover_timeout: Double
    @Defaulted<Defaults.False> public var checkpoint: Bool
    @Defaulted<Defaults.Role> public var role: String
    /// The roles of a framework with capability MULTI_ROLE; then `role` does not count.
    @Listed public var roles: [String]
    public var hostname: String?
    public var principal: String?
    public var webui_url: String?
    @Listed public var capabilities: [Capability]
    public var labels: Labels?

    public init(user: String, name: String) {
        self.user = user
        self.name = name
        self.failover_timeout = 0
        self.checkpoint = false
        self.role = "*"
        self.roles = []
        self.capabilities = []
    }

    /// Whether it declared the capability, e.g. `PARTITION_AWARE`.
    public func has(_ capability: String) -> Bool { capabilities.contains { $0.type == capability } }

    /// The roles in which it may hold resources, in the order given.
    public var allRoles: [String] { has("MULTI_ROLE") ? roles : [role] }
}

public struct Environment: Codable, Sendable, Hashable {
    public struct Variable: Codable, Sendable, Hashable {
        public var name: String
        public var value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
    @Listed public var variables: [Variable]
    public init(variables: [Variable] = []) { self.variables = variables }
}

public struct CommandInfo: Codable, Sendable, Hashable {
    public struct URI: Codable, Sendable, Hashable {
        public var value: String
        public var executable: Bool?
        @Defaulted<Defaults.True> public var extract: Bool
        public var cache: Bool?
        public var output_file: String?
        public init(value: String) {
            self.value = value
            self.extract = true
        }
    }
    @Listed public var uris: [URI]
    public var environment: Environment?
    public var value: String?
    public var user: String?
    @Defaulted<Defaults.True> public var shell: Bool
    @Listed public var arguments: [String]

    public init(shell value: String) {
        self.uris = []
        self.value = value
        self.shell = true
        self.arguments = []
    }

    public init() {
        self.uris = []
        self.shell = true
        self.arguments = []
    }
}

public struct HealthCheckInfo: Codable, Sendable, Hashable {
    public struct HTTP: Codable, Sendable, Hashable {
        public var port: Int
        @Presumed<Defaults.RootPath> public var path: String?
        public var scheme: String?
        /// Status codes that count as healthy; empty: 200 to 399.
        @Listed public var statuses: [Int]
        public init(port: Int, path: String? = nil, scheme: String? = nil) {
            self.port = port
            self.path = path
            self.scheme = scheme
            self.statuses = []
        }
    }
    public struct TCP: Codable, Sendable, Hashable {
        public var port: Int
        public init(port: Int) { self.port = port }
    }
    public var type: String?
    public var http: HTTP?
    public var tcp: TCP?
    public var command: CommandInfo?
    @Presumed<Defaults.CheckDelay> public var delay_seconds: Double?
    @Presumed<Defaults.CheckInterval> public var interval_seconds: Double?
    @Presumed<Defaults.CheckTimeout> public var timeout_seconds: Double?
    @Presumed<Defaults.CheckFailures> public var consecutive_failures: Int?
    @Presumed<Defaults.CheckGracePeriod> public var grace_period_seconds: Double?
    public init() {}
}

public struct KillPolicy: Codable, Sendable, Hashable {
    public var grace_period: DurationInfo?
    public init(grace_period: DurationInfo? = nil) { self.grace_period = grace_period }
}

public struct Parameter: Codable, Sendable, Hashable {
    public var key: String
    public var value: String
    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

public struct Volume: Codable, Sendable, Hashable {
    /// A volume that a driver mounts.
    public struct Source: Codable, Sendable, Hashable {
        public struct Options: Codable, Sendable, Hashable {
            @Listed public var parameter: [Parameter]
            public init(parameter: [Parameter]) { self.parameter = parameter }
        }
        public struct DockerVolume: Codable, Sendable, Hashable {
            public var driver: String?
            public var name: String
            public var driver_options: Options?
            public init(driver: String? = nil, name: String, driver_options: Options? = nil) {
                self.driver = driver
                self.name = name
                self.driver_options = driver_options
            }
        }
        /// `DOCKER_VOLUME`.
        public var type: String
        public var docker_volume: DockerVolume?
        public init(docker_volume: DockerVolume) {
            self.type = "DOCKER_VOLUME"
            self.docker_volume = docker_volume
        }
    }
    public var container_path: String
    public var host_path: String?
    public var mode: String
    public var source: Source?
    public init(container_path: String, host_path: String? = nil, mode: String) {
        self.container_path = container_path
        self.host_path = host_path
        self.mode = mode
    }
}

public struct NetworkInfo: Codable, Sendable, Hashable {
    public struct IPAddress: Codable, Sendable, Hashable {
        public var `protocol`: String?
        public var ip_address: String?
        public init(ip_address: String?) { self.ip_address = ip_address }
    }
    public var name: String?
    @Listed public var groups: [String]
    public var labels: Labels?
    @Listed public var ip_addresses: [IPAddress]
    public init(ip_addresses: [IPAddress] = [], name: String? = nil) {
        self.name = name
        self.groups = []
        self.ip_addresses = ip_addresses
    }
}

public struct ContainerInfo: Codable, Sendable, Hashable {
    public struct Docker: Codable, Sendable, Hashable {
        public struct PortMapping: Codable, Sendable, Hashable {
            public var host_port: Int
            public var container_port: Int
            public var `protocol`: String?
            public init(host_port: Int, container_port: Int, protocol: String? = nil) {
                self.host_port = host_port
                self.container_port = container_port
                self.protocol = `protocol`
            }
        }
        public var image: String
        @Presumed<Defaults.DockerNetwork> public var network: String?
        @Listed public var port_mappings: [PortMapping]
        @Defaulted<Defaults.False> public var privileged: Bool
        @Listed public var parameters: [Parameter]
        public var force_pull_image: Bool?
        public var volume_driver: String?
        public init(image: String) {
            self.image = image
            self.port_mappings = []
            self.privileged = false
            self.parameters = []
        }
    }
    public struct Mesos: Codable, Sendable, Hashable {
        public struct Image: Codable, Sendable, Hashable {
            public struct Credential: Codable, Sendable, Hashable {
                public var principal: String
                public var secret: String?
                public init(principal: String, secret: String? = nil) {
                    self.principal = principal
                    self.secret = secret
                }
            }
            public struct Docker: Codable, Sendable, Hashable {
                public var name: String
                public var credential: Credential?
                public init(name: String, credential: Credential? = nil) {
                    self.name = name
                    self.credential = credential
                }
            }
            public struct AppC: Codable, Sendable, Hashable {
                public var name: String
                /// `sha512-…`
                public var id: String?
                public var labels: Labels?
                public init(name: String, id: String? = nil, labels: Labels? = nil) {
                    self.name = name
                    self.id = id
                    self.labels = labels
                }
            }
            /// `DOCKER` or `APPC`.
            public var type: String
            public var docker: Docker?
            public var appc: AppC?
            /// False = fetch it anew for every task.
            @Defaulted<Defaults.True> public var cached: Bool
            public init(docker: Docker, cached: Bool = true) {
                self.type = "DOCKER"
                self.docker = docker
                self.cached = cached
            }
            public init(appc: AppC, cached: Bool = true) {
                self.type = "APPC"
                self.appc = appc
                self.cached = cached
            }
        }
        public var image: Image?
        public init(image: Image? = nil) { self.image = image }
    }
    public var type: String
    @Listed public var volumes: [Volume]
    public var docker: Docker?
    public var mesos: Mesos?
    public var hostname: String?
    @Listed public var network_infos: [NetworkInfo]
    public init(type: String) {
        self.type = type
        self.volumes = []
        self.network_infos = []
    }
}

public struct DiscoveryInfo: Codable, Sendable, Hashable {
    public struct Port: Codable, Sendable, Hashable {
        public var number: Int
        public var name: String?
        public var `protocol`: String?
        public var visibility: String?
        public var labels: Labels?
        public init(number: Int, name: String? = nil, protocol: String? = nil, labels: Labels? = nil) {
            self.number = number
            self.name = name
            self.protocol = `protocol`
            self.labels = labels
        }
    }
    public struct Ports: Codable, Sendable, Hashable {
        @Listed public var ports: [Port]
        public init(ports: [Port] = []) { self.ports = ports }
    }
    public var visibility: String
    public var name: String?
    public var environment: String?
    public var location: String?
    public var version: String?
    public var ports: Ports?
    public var labels: Labels?
    public init(visibility: String = "FRAMEWORK", name: String? = nil, ports: Ports? = nil) {
        self.visibility = visibility
        self.name = name
        self.ports = ports
    }
}

public struct ExecutorInfo: Codable, Sendable, Hashable {
    public var executor_id: ExecutorID
    /// Base64.
    public var data: String?
    @Listed public var resources: [Resource]
    public var command: CommandInfo
    public var framework_id: FrameworkID?
    public var name: String?
    public var source: String?
    public var container: ContainerInfo?
    public var discovery: DiscoveryInfo?
    public var shutdown_grace_period: DurationInfo?
    public var labels: Labels?
    /// `DEFAULT` or `CUSTOM`.
    public var type: String?
    public init(executor_id: ExecutorID, command: CommandInfo) {
        self.executor_id = executor_id
        self.command = command
        self.resources = []
    }
}

public struct TaskInfo: Codable, Sendable, Hashable {
    public var name: String
    public var task_id: TaskID
    public var agent_id: AgentID
    @Listed public var resources: [Resource]
    public var executor: ExecutorInfo?
    /// Base64.
    public var data: String?
    public var command: CommandInfo?
    public var health_check: HealthCheckInfo?
    public var container: ContainerInfo?
    public var labels: Labels?
    public var discovery: DiscoveryInfo?
    public var kill_policy: KillPolicy?
    /// The task is killed when it has run for this long.
    public var max_completion_time: DurationInfo?

    public init(name: String, task_id: TaskID, agent_id: AgentID, resources: [Resource]) {
        self.name = name
        self.task_id = task_id
        self.agent_id = agent_id
        self.resources = resources
    }
}

public enum TaskState: String, Codable, Sendable, Hashable, CaseIterable {
    case staging = "TASK_STAGING"
    case starting = "TASK_STARTING"
    case running = "TASK_RUNNING"
    case killing = "TASK_KILLING"
    case finished = "TASK_FINISHED"
    case failed = "TASK_FAILED"
    case killed = "TASK_KILLED"
    case lost = "TASK_LOST"
    case error = "TASK_ERROR"
    case dropped = "TASK_DROPPED"
    case unreachable = "TASK_UNREACHABLE"
    case gone = "TASK_GONE"
    case goneByOperator = "TASK_GONE_BY_OPERATOR"
    case unknown = "TASK_UNKNOWN"

    /// A terminal state never changes again; the task's resources are free.
    public var isTerminal: Bool {
        switch self {
        case .finished, .failed, .killed, .lost, .error, .dropped, .gone, .goneByOperator: true
        case .staging, .starting, .running, .killing, .unreachable, .unknown: false
        }
    }
}

public struct ContainerStatus: Codable, Sendable, Hashable {
    @Listed public var network_infos: [NetworkInfo]
    public var executor_pid: Int?
    public var container_id: ContainerID?
    public init(network_infos: [NetworkInfo] = []) { self.network_infos = network_infos }
}

public struct TaskStatus: Codable, Sendable, Hashable {
    public var task_id: TaskID
    public var state: TaskState
    /// Base64.
    public var data: String?
    public var message: String?
    public var agent_id: AgentID?
    /// Seconds since the epoch.
    public var timestamp: Double?
    public var executor_id: ExecutorID?
    public var healthy: Bool?
    /// `SOURCE_MASTER`, `SOURCE_AGENT` or `SOURCE_EXECUTOR`.
    public var source: String?
    /// `REASON_…`, contracts/mesos.md §14.
    public var reason: String?
    /// Base64 of 16 bytes; present iff the framework must acknowledge.
    public var uuid: String?
    public var labels: Labels?
    public var container_status: ContainerStatus?
    /// When the agent was found unreachable; only with TASK_UNREACHABLE.
    public var unreachable_time: TimeInfo?

    public init(task_id: TaskID, state: TaskState) {
        self.task_id = task_id
        self.state = state
    }
}

public struct AgentInfo: Codable, Sendable, Hashable {
    public var hostname: String
    @Listed public var resources: [Resource]
    @Listed public var attributes: [Attribute]
    public var id: AgentID?
    @Defaulted<Defaults.AgentPort> public var port: Int
    public init(hostname: String, resources: [Resource], attributes: [Attribute] = [], id: AgentID? = nil, port: Int = 5051) {
        self.hostname = hostname
        self.resources = resources
        self.attributes = attributes
        self.id = id
        self.port = port
    }
}

public struct Filters: Codable, Sendable, Hashable {
    @Defaulted<Defaults.RefuseSeconds> public var refuse_seconds: Double
    public init(refuse_seconds: Double = 5) { self.refuse_seconds = refuse_seconds }
}

public struct Unavailability: Codable, Sendable, Hashable {
    public var start: TimeInfo
    /// Nil: for ever.
    public var duration: DurationInfo?
    public init(start: TimeInfo, duration: DurationInfo? = nil) {
        self.start = start
        self.duration = duration
    }
}

public struct Offer: Codable, Sendable, Hashable {
    public var id: OfferID
    public var framework_id: FrameworkID
    public var agent_id: AgentID
    public var hostname: String
    @Listed public var resources: [Resource]
    @Listed public var executor_ids: [ExecutorID]
    @Listed public var attributes: [Attribute]
    public var url: URLInfo?
    public var unavailability: Unavailability?
    /// Set for frameworks with capability MULTI_ROLE only.
    public var allocation_info: Resource.AllocationInfo?

    public init(
        id: OfferID, framework_id: FrameworkID, agent_id: AgentID, hostname: String, resources: [Resource],
        attributes: [Attribute] = [], url: URLInfo? = nil
    ) {
        self.id = id
        self.framework_id = framework_id
        self.agent_id = agent_id
        self.hostname = hostname
        self.resources = resources
        self.executor_ids = []
        self.attributes = attributes
        self.url = url
    }
}

/// The znode payload by which every Mesos client finds the leading master (contracts/mesos.md §1.2).
public struct MasterInfo: Codable, Sendable, Hashable {
    /// A UUID per process start.
    public var id: String
    /// The IPv4 address as the 32-bit integer whose little-endian bytes are the address in order.
    public var ip: UInt32
    public var port: Int
    public var pid: String
    public var hostname: String
    public var version: String
    public var address: Address

    /// - ip: dotted IPv4 text. Nil when it is not one.
    public init?(id: String, ip: String, port: Int, hostname: String? = nil, version: String) {
        let parts = ip.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        guard parts.count == 4 else { return nil }
        self.id = id
        self.ip = parts.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        self.port = port
        self.pid = "master@\(ip):\(port)"
        self.hostname = hostname ?? ip
        self.version = version
        self.address = Address(hostname: hostname ?? ip, ip: ip, port: port)
    }
}
