/// An app as users define it and as Marathon shows it (contracts/marathon.md §8).
///
///     let body = try JSONValue(body: Array(#"{"id":"x","cmd":"sleep 60"}"#.utf8))
///     let app = try AppDefinition(json: body, version: now)        // 400/422 as `AppInputError`
///     let violations = AppValidator().violations(of: app)          // 422
///     app.json.text                                                // as in answers to GET
///
/// A definition is *normalized*: sets have no duplicates, a container has only what its network can use, residency and
/// health check indices are filled in. Two normalized definitions that mean the same compare equal with
/// `hasSameConfiguration(as:)`.
public struct AppDefinition: Sendable, Hashable, Identifiable {
    public var id: AppID
    public var cmd: String?
    public var args: [String]?
    public var user: String?
    public var env: [String: EnvironmentValue] = [:]
    /// Name → source.
    public var secrets: [String: String] = [:]
    public var instances = 1
    public var cpus = 1.0
    /// MiB.
    public var mem = 128.0
    /// MiB.
    public var disk = 0.0
    public var gpus = 0
    public var executor = ""
    public var constraints: [Constraint] = []
    public var fetch: [FetchURI] = []
    public var storeURLs: [String] = []
    /// Empty with `ipAddress`. With port mappings it repeats their service ports.
    public var portDefinitions: [PortDefinition] = []
    public var requirePorts = false
    public var backoffSeconds = 1
    public var backoffFactor = 1.15
    public var maxLaunchDelaySeconds = 3600
    public var container: AppContainer?
    public var healthChecks: [HealthCheck] = []
    public var readinessChecks: [ReadinessCheck] = []
    public var dependencies: [AppID] = []
    public var upgradeStrategy = UpgradeStrategy()
    public var labels: [String: String] = [:]
    /// Nil = the default of the command line.
    public var acceptedResourceRoles: [String]?
    public var ipAddress: IPAddressPerTask?
    public var residency: Residency?
    public var taskKillGracePeriodSeconds: Int?
    /// Nil = not said; youngest first.
    public var killSelection: KillSelection?
    /// Nil = not said; `UnreachableStrategy.baseline`.
    public var unreachableStrategy: UnreachableStrategy?
    public var version: Timestamp
    /// Nil until the app was stored.
    public var versionInfo: VersionInfo?

    /// An app with all defaults; it has neither a command nor ports yet.
    public init(id: AppID, version: Timestamp) {
        self.id = id
        self.version = version
    }

    /// What a PUT of a missing app, a POST or a group body creates: the fields of the update over the defaults.
    public init(id: AppID, creating update: AppUpdate, version: Timestamp) {
        self.init(id: id, version: version)
        if update.ipAddress == nil { portDefinitions = [PortDefinition()] }
        self = update.applied(to: self)
        if update.upgradeStrategy == nil, hasVolumesThatStay { upgradeStrategy = .forVolumes }
    }
}

extension AppDefinition {
    /// The mappings in force: those of a Docker container on BRIDGE or USER.
    public var portMappings: [PortMapping] { container?.portMappings ?? [] }

    /// The cluster-wide numbers for load balancers, in order; 0 where none is assigned yet (contracts/marathon.md §9.2).
    public var servicePorts: [Int] {
        portMappings.isEmpty ? portDefinitions.map(\.port) : portMappings.map(\.servicePort)
    }

    /// How many entries health check indices may address.
    public var portCount: Int { portMappings.isEmpty ? portDefinitions.count : portMappings.count }

    public var portNames: [String] {
        (portMappings.isEmpty ? portDefinitions.map(\.name) : portMappings.map(\.name)).compactMap { $0 }
            + (ipAddress?.discoveryPorts.map(\.name) ?? [])
    }

    public var persistentVolumes: [AppVolume] { container?.volumes.filter { $0.persistent != nil } ?? [] }
    public var externalVolumes: [AppVolume] { container?.volumes.filter { $0.external != nil } ?? [] }
    var hasVolumesThatStay: Bool { residency != nil || !persistentVolumes.isEmpty || !externalVolumes.isEmpty }

    public var isResident: Bool { residency != nil || !persistentVolumes.isEmpty }
    public var isSingleInstance: Bool { labels["MARATHON_SINGLE_INSTANCE_APP"] == "true" }

    /// Runs under a custom executor instead of Mesos' command executor.
    public var customExecutor: String? { executor.isEmpty || executor == "//cmd" ? nil : executor }

    /// One spelling for definitions that mean the same.
    public func normalized() -> AppDefinition {
        var app = self
        if var container = app.container {
            if var docker = container.docker {
                let keepsMappings = container.type == .docker && (docker.network == .bridge || docker.network == .user)
                if !keepsMappings { docker.portMappings = nil }
                if container.type == .mesos {
                    docker.network = nil
                    docker.privileged = false
                    docker.parameters = []
                }
                if docker.network == .bridge {
                    docker.portMappings = docker.portMappings?.map { mapping in
                        var mapping = mapping
                        mapping.hostPort = mapping.hostPort ?? 0
                        return mapping
                    }
                }
                container.docker = docker
            }
            app.container = container
        }
        if !app.portMappings.isEmpty, app.ipAddress == nil {
            app.portDefinitions = app.portMappings.enumerated().map { index, mapping in
                var definition = index < portDefinitions.count ? portDefinitions[index] : PortDefinition()
                definition.port = mapping.servicePort
                return definition
            }
        }
        if app.residency == nil, !app.persistentVolumes.isEmpty { app.residency = Residency() }
        app.healthChecks =
            app.healthChecks.map { check in
                var check = check
                if check.port == nil, check.portIndex == nil, check.protocol != .command, app.portCount > 0 { check.portIndex = 0 }
                return check
            }
            .withoutDuplicates
        app.constraints = app.constraints.withoutDuplicates
        app.dependencies = app.dependencies.withoutDuplicates
        app.acceptedResourceRoles = app.acceptedResourceRoles?.withoutDuplicates
        return app
    }
}
