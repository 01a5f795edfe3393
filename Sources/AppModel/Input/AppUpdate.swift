/// The body of a PUT or PATCH of an app, and the first half of reading any app: every field that is present and not
/// null (contracts/marathon.md §3.3, §8). A field replaces the app's field as a whole; null clears nothing.
///
///     let update = try AppUpdate(json: body, id: idFromURL)
///     let changed = update.applied(to: app)              // partial update
///     let whole = AppDefinition(id: app.id, creating: update, version: now)   // partialUpdate=false
public struct AppUpdate: Sendable, Hashable {
    /// From the URL, else from the body.
    public var id: AppID?
    public var cmd: String?
    public var args: [String]?
    public var user: String?
    public var env: [String: EnvironmentValue]?
    public var secrets: [String: String]?
    public var instances: Int?
    public var cpus: Double?
    public var mem: Double?
    public var disk: Double?
    public var gpus: Int?
    public var executor: String?
    public var constraints: [Constraint]?
    /// From `fetch` or `uris`.
    public var fetch: [FetchURI]?
    public var storeURLs: [String]?
    /// From `portDefinitions` or `ports`.
    public var portDefinitions: [PortDefinition]?
    public var requirePorts: Bool?
    public var backoffSeconds: Int?
    public var backoffFactor: Double?
    public var maxLaunchDelaySeconds: Int?
    public var container: AppContainer?
    public var healthChecks: [HealthCheck]?
    public var readinessChecks: [ReadinessCheck]?
    public var dependencies: [AppID]?
    public var upgradeStrategy: UpgradeStrategy?
    public var labels: [String: String]?
    public var acceptedResourceRoles: [String]?
    public var ipAddress: IPAddressPerTask?
    public var residency: Residency?
    public var taskKillGracePeriodSeconds: Int?
    public var killSelection: KillSelection?
    public var unreachableStrategy: UnreachableStrategy?
    public var version: Timestamp?

    public init(id: AppID? = nil) { self.id = id }

    /// The definition with these fields in place of its own. Its version is left alone.
    public func applied(to app: AppDefinition) -> AppDefinition {
        var result = app
        func set<Value>(_ field: WritableKeyPath<AppDefinition, Value>, _ value: Value?) {
            if let value { result[keyPath: field] = value }
        }
        func set<Value>(_ field: WritableKeyPath<AppDefinition, Value?>, _ value: Value?) {
            if let value { result[keyPath: field] = value }
        }
        set(\.cmd, cmd)
        set(\.args, args)
        set(\.user, user)
        set(\.env, env)
        set(\.secrets, secrets)
        set(\.instances, instances)
        set(\.cpus, cpus)
        set(\.mem, mem)
        set(\.disk, disk)
        set(\.gpus, gpus)
        set(\.executor, executor)
        set(\.constraints, constraints)
        set(\.fetch, fetch)
        set(\.storeURLs, storeURLs)
        set(\.portDefinitions, portDefinitions)
        set(\.requirePorts, requirePorts)
        set(\.backoffSeconds, backoffSeconds)
        set(\.backoffFactor, backoffFactor)
        set(\.maxLaunchDelaySeconds, maxLaunchDelaySeconds)
        set(\.container, container)
        set(\.healthChecks, healthChecks)
        set(\.readinessChecks, readinessChecks)
        set(\.dependencies, dependencies)
        set(\.upgradeStrategy, upgradeStrategy)
        set(\.labels, labels)
        set(\.acceptedResourceRoles, acceptedResourceRoles)
        set(\.ipAddress, ipAddress)
        set(\.residency, residency)
        set(\.taskKillGracePeriodSeconds, taskKillGracePeriodSeconds)
        set(\.killSelection, killSelection)
        set(\.unreachableStrategy, unreachableStrategy)
        return result.normalized()
    }

    /// Whether nothing but the id and a version is given: the app goes back to that version completely.
    public var isRollback: Bool {
        guard version != nil else { return false }
        var bare = AppUpdate(id: id)
        bare.version = version
        return self == bare
    }

    /// The version to go back to, or nil when the update has none. Throws when other fields are given beside it. Do not
    /// ask when the app does not exist: then `version` is ignored.
    public func rollbackVersion() throws(AppInputError) -> Timestamp? {
        guard let version else { return nil }
        guard isRollback else {
            throw .illegal("requirement failed: The 'version' field may only be combined with the 'id' field.")
        }
        return version
    }
}
