import AppModel
import ClusterState
import FoundationEssentials
import OfferMatcher
import ResourceModel

/// Everything the leader knows, and every decision it takes: definitions, deployments, instances, launches, kills, health.
///
/// Level-triggered: whatever happens, `evaluate` compares what an app should have with what it has and acts on the
/// difference; nothing depends on having seen every change. Tasks change here first and are stored by the actions
/// returned (contracts/marathon.md §19.2: what others may learn of a change stands behind its `store`); definitions are
/// drafted, stored, then applied.
struct MarathonStateMachine: Sendable {
    /// A kill that is not confirmed yet.
    struct PendingKill: Sendable, Hashable {
        enum Reason: String, Sendable {
            case scaling, deleting, api, upgrade, orphaned, overdue, unknown, unhealthy
        }
        var reason: Reason
        var wipe = false
        /// When the order last went out; nil: it waits.
        var sentAt: Timestamp?
    }

    /// The delay before the next launch of an app; of one configuration only.
    struct Backoff: Sendable, Hashable {
        var configuration: Timestamp
        var launch: LaunchBackoff
    }

    /// Launches an app waits for.
    struct Demand: Sendable, Hashable {
        var count: Int
        var since: Timestamp
    }

    let configuration: Configuration
    let paths: MarathonPaths

    // Stored.
    var tree: AppTree
    /// Version and number of the last accepted change.
    var lastVersion: Timestamp
    var change: Int64 = 0
    var records: [AppID: AppRecord] = [:]
    var instances: [String: Instance] = [:]
    var deployments: [Deployment] = []
    var backoffs: [AppID: Backoff] = [:]
    var failures: [AppID: MarathonFailureRecord] = [:]
    var kills: [String: PendingKill] = [:]

    // Derived.
    var members: [AppID: Set<String>] = [:]
    var demands: [AppID: Demand] = [:]
    var readiness: [String: ReadinessResult] = [:]
    /// What became of the offers that apps in the queue have seen.
    var statistics: [AppID: OfferStatistics] = [:]
    /// Apps whose nodes are being deleted: nothing is written below them.
    var frozen: Set<AppID> = []

    // The connection to the master.
    var isSubscribed = false
    var interest = OfferInterest()
    var subscribedAt: Timestamp?
    var lastReconciliation: Timestamp?
    var lastScaleCheck: Timestamp?

    var uuids = TimeUUIDGenerator()
    var generator = SystemRandomNumberGenerator()

    init(configuration: Configuration, paths: MarathonPaths, tree: AppTree) {
        self.configuration = configuration
        self.paths = paths
        self.tree = tree
        self.lastVersion = tree.version
    }

    mutating func handle(_ input: EngineInput, now: Timestamp) -> [EngineAction] {
        var actions: [EngineAction]
        switch input {
        case .subscribed: actions = subscribed(now)
        case .disconnected:
            isSubscribed = false
            actions = []
        case .offers(let offers): actions = match(offers, now)
        case .rescinded: actions = []
        case .status(let status): actions = update(status, now)
        case .checked(let task, let index, let result): actions = checked(task, index, result, now)
        case .probed(let task, let result): actions = probed(task, result, now)
        case .notAccepted(let tasks): actions = notAccepted(tasks, now)
        case .tick: actions = tick(now)
        }
        actions += updateInterest(now)
        return actions
    }

    // MARK: Looking things up

    /// The instances of an app, those of the newest version last.
    func instances(of app: AppID) -> [Instance] {
        (members[app] ?? []).compactMap { instances[$0] }.sorted { ($0.version, $0.stagedAt, $0.id) < ($1.version, $1.stagedAt, $1.id) }
    }

    /// The deployment that locks an app.
    func lock(of app: AppID) -> Deployment? { deployments.last { $0.affectedApps.contains(app) } }

    /// The definition that an instance runs; nil when it is not stored any more.
    func definition(of instance: Instance) -> AppDefinition? {
        if let app = tree.apps[instance.app], app.configurationTime == instance.configuration { return app }
        guard let record = records[instance.app] else { return nil }
        if let definition = try? record.definition(at: instance.version) { return definition }
        return record.specs[instance.configuration].flatMap { data in
            (try? JSONValue(parsing: Array(data))).flatMap { try? AppDefinition(stored: $0) }
        }
    }

    // MARK: Keeping instances

    mutating func insert(_ instance: Instance) {
        instances[instance.id] = instance
        members[instance.app, default: []].insert(instance.id)
    }

    @discardableResult
    mutating func remove(_ task: String) -> Instance? {
        guard let instance = instances.removeValue(forKey: task) else { return nil }
        members[instance.app]?.remove(task)
        if members[instance.app]?.isEmpty == true { members[instance.app] = nil }
        kills[task] = nil
        readiness[task] = nil
        return instance
    }

    /// The write that brings an instance's node up to date.
    func write(_ instance: Instance) -> NodeWrite {
        .put(paths.instance(instance.id), Self.encode(instance.record))
    }

    static func encode(_ value: some Encodable) -> Data {
        do {
            return try ClusterJSON.encode(value)
        } catch {
            // Records are plain texts, numbers and lists; only a non-finite number could fail, and no record has one.
            preconditionFailure("a record cannot be encoded: \(error)")
        }
    }
}
