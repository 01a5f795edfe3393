import ResourceModel

// The payloads of Marathon's znodes (contracts/marathon.md §19.1). Times are texts, UTC, `yyyy-MM-ddTHH:mm:ss.SSSZ`.

/// Payload of `MarathonPaths.format`. A replica that meets a higher number must not lead.
public struct MarathonFormatRecord: Codable, Sendable, Hashable {
    public static let current = 1
    public var format: Int
    public init(format: Int = Self.current) { self.format = format }
}

/// Payload of `MarathonPaths.epoch`.
public struct MarathonEpochRecord: Codable, Sendable, Hashable {
    public var epoch: Int64
    /// `host:port`.
    public var leader: String
    public init(epoch: Int64, leader: String) {
        self.epoch = epoch
        self.leader = leader
    }
}

/// Payload of `MarathonPaths.framework`: written once.
public struct MarathonFrameworkRecord: Codable, Sendable, Hashable {
    public var id: String
    public init(id: String) { self.id = id }
}

/// Payload of `MarathonPaths.definitions`.
public struct MarathonRootRecord: Codable, Sendable, Hashable {
    /// Of the last accepted change.
    public var version: String
    /// Counts accepted changes.
    public var change: Int64
    public init(version: String, change: Int64) {
        self.version = version
        self.change = change
    }
}

/// Payload of `groups/<key>`; the key of the root group is `_`.
public struct MarathonGroupRecord: Codable, Sendable, Hashable {
    public static let rootKey = "_"
    public var id: String
    public var dependencies: [String]
    public var version: String
    public init(id: String, dependencies: [String], version: String) {
        self.id = id
        self.dependencies = dependencies
        self.version = version
    }
}

/// Payload of `apps/<key>`: what changes often of an app, and its lock.
public struct MarathonAppHead: Codable, Sendable, Hashable {
    public var id: String
    public var version: String
    public var lastScalingAt: String
    public var lastConfigChangeAt: String
    public var instances: Int
    /// Name of the node below `specs` with the rest of the definition.
    public var spec: String
    /// The deployment that holds this app's lock.
    public var deployment: String?
    public init(
        id: String, version: String, lastScalingAt: String, lastConfigChangeAt: String, instances: Int, spec: String,
        deployment: String?
    ) {
        self.id = id
        self.version = version
        self.lastScalingAt = lastScalingAt
        self.lastConfigChangeAt = lastConfigChangeAt
        self.instances = instances
        self.spec = spec
        self.deployment = deployment
    }
}

/// Payload of `apps/<key>/versions/<ts>`.
public struct MarathonAppVersionRecord: Codable, Sendable, Hashable {
    public var spec: String
    public var instances: Int
    public var lastScalingAt: String
    public var lastConfigChangeAt: String
    public init(spec: String, instances: Int, lastScalingAt: String, lastConfigChangeAt: String) {
        self.spec = spec
        self.instances = instances
        self.lastScalingAt = lastScalingAt
        self.lastConfigChangeAt = lastConfigChangeAt
    }
}

/// Payload of `apps/<key>/failure`: the `lastTaskFailure` of the API.
public struct MarathonFailureRecord: Codable, Sendable, Hashable {
    public var appId: String
    public var host: String
    public var message: String
    public var state: String
    public var taskId: String
    public var timestamp: String
    public var version: String
    public var slaveId: String?
    public init(
        appId: String, host: String, message: String, state: String, taskId: String, timestamp: String, version: String,
        slaveId: String?
    ) {
        self.appId = appId
        self.host = host
        self.message = message
        self.state = state
        self.taskId = taskId
        self.timestamp = timestamp
        self.version = version
        self.slaveId = slaveId
    }
}

/// Payload of `apps/<key>/backoff`.
public struct MarathonBackoffRecord: Codable, Sendable, Hashable {
    /// `lastConfigChangeAt` of the definition whose tasks failed.
    public var config: String
    public var delayMs: Int64
    public var until: String
    public init(config: String, delayMs: Int64, until: String) {
        self.config = config
        self.delayMs = delayMs
        self.until = until
    }
}

/// The last word of one health check on one task, written when it changes.
public struct MarathonHealthRecord: Codable, Sendable, Hashable {
    public var alive: Bool
    public var since: String
    public init(alive: Bool, since: String) {
        self.alive = alive
        self.since = since
    }
}

/// Payload of `instances/<bucket>/<task id>`.
public struct MarathonInstanceRecord: Codable, Sendable, Hashable {
    public struct Agent: Codable, Sendable, Hashable {
        public var id: String
        public var host: String
        public var attrs: [Attribute]
        public init(id: String, host: String, attrs: [Attribute]) {
            self.id = id
            self.host = host
            self.attrs = attrs
        }
    }
    public var id: String
    public var app: String
    /// Version of the app that the task was launched with.
    public var version: String
    /// Spec node of that version.
    public var spec: String
    public var agent: Agent
    /// Host ports in the order of the definition.
    public var ports: [Int]
    /// How many health checks the definition has.
    public var checks: Int
    /// TASK_STAGING until the first update.
    public var state: TaskState
    public var stagedAt: String
    public var startedAt: String?
    public var ip: [String]
    /// By the index of the check in the definition.
    public var health: [String: MarathonHealthRecord]
    /// When the task became unreachable.
    public var unreachableSince: String?
    /// Mesos has sent at least one update.
    public var confirmed: Bool

    public init(
        id: String, app: String, version: String, spec: String, agent: Agent, ports: [Int], checks: Int, state: TaskState,
        stagedAt: String
    ) {
        self.id = id
        self.app = app
        self.version = version
        self.spec = spec
        self.agent = agent
        self.ports = ports
        self.checks = checks
        self.state = state
        self.stagedAt = stagedAt
        self.ip = []
        self.health = [:]
        self.confirmed = false
    }
}

/// Payload of `deployments/<uuid>`: only the affected apps, by version; enough for a rollback.
public struct MarathonDeploymentRecord: Codable, Sendable, Hashable {
    public struct Action: Codable, Sendable, Hashable {
        /// `StartApplication`, `ScaleApplication`, `StopApplication`, `RestartApplication`.
        public var action: String
        public var app: String
        /// ScaleApplication: the task ids that must go, if the client named them.
        public var victims: [String]?
        public init(action: String, app: String, victims: [String]? = nil) {
            self.action = action
            self.app = app
            self.victims = victims
        }
    }
    public struct Progress: Codable, Sendable, Hashable {
        public var initialOld: Int
        public var killNow: Int
        public var maxCapacity: Int
        public init(initialOld: Int, killNow: Int, maxCapacity: Int) {
            self.initialOld = initialOld
            self.killNow = killNow
            self.maxCapacity = maxCapacity
        }
    }
    public var id: String
    public var version: String
    public var started: String
    public var steps: [[Action]]
    /// Index into `steps` of the step under way.
    public var step: Int
    /// App id to version before; absent: did not exist.
    public var from: [String: String]
    /// App id to version after; absent: does not exist any more.
    public var to: [String: String]
    /// App id to the JSON of the definition that this deployment removed: nothing else keeps it.
    public var removed: [String: String]
    public var addedGroups: [String]
    /// Group id to the dependencies it got.
    public var addedDependencies: [String: [String]]
    /// App id to what cannot be recomputed of its rolling replacement.
    public var progress: [String: Progress]
    public init(
        id: String, version: String, started: String, steps: [[Action]], step: Int, from: [String: String], to: [String: String],
        removed: [String: String] = [:], addedGroups: [String] = [], addedDependencies: [String: [String]] = [:],
        progress: [String: Progress] = [:]
    ) {
        self.id = id
        self.version = version
        self.started = started
        self.steps = steps
        self.step = step
        self.from = from
        self.to = to
        self.removed = removed
        self.addedGroups = addedGroups
        self.addedDependencies = addedDependencies
        self.progress = progress
    }
}

/// Payload of `kills/<task id>`: an intent that outlives the leader.
public struct MarathonKillRecord: Codable, Sendable, Hashable {
    public var reason: String
    public var wipe: Bool
    public init(reason: String, wipe: Bool = false) {
        self.reason = reason
        self.wipe = wipe
    }
}
