import AppModel
import ClusterState
import Logging
import ResourceModel

// A new leader's first state, from what is stored (contracts/marathon.md §19.4).

extension MarathonStateMachine {
    /// A record that cannot be used makes a log line and is left as it is; everything else goes on.
    init(configuration: Configuration, paths: MarathonPaths, snapshot: StoreSnapshot, logger: Logger) throws {
        let reader = SnapshotReader(snapshot: snapshot, logger: logger)
        let root = reader.decode(MarathonRootRecord.self, at: paths.definitions)
        let version = root.flatMap { Timestamp($0.version) } ?? Timestamp(milliseconds: 0)
        var groups: [AppID: AppTree.Group] = [:]
        for (_, record) in reader.children(MarathonGroupRecord.self, of: paths.groups) {
            guard let id = try? AppID(record.id), let version = Timestamp(record.version) else { continue }
            groups[id] = AppTree.Group(dependencies: record.dependencies.compactMap { try? AppID($0) }, version: version)
        }
        var records: [AppID: AppRecord] = [:]
        var definitions: [AppDefinition] = []
        for (key, head) in reader.children(MarathonAppHead.self, of: paths.apps) {
            guard let id = try? AppID(head.id) else { continue }
            let record = reader.appRecord(key, paths: paths)
            guard let definition = reader.definition(head, record) else { continue }
            records[id] = record
            definitions.append(definition)
        }
        self.init(configuration: configuration, paths: paths, tree: AppTree(version: version))
        tree = AppTree(restoring: definitions, groups: groups, version: version)
        lastVersion = max(version, tree.version)
        change = root?.change ?? 0
        self.records = records
        restoreTasks(reader)
        for (_, record) in reader.children(MarathonDeploymentRecord.self, of: paths.deployments) {
            if let deployment = Deployment(record, tree: tree) { deployments.append(deployment) }
        }
        deployments.sort { ($0.started, $0.id) < ($1.started, $1.id) }
    }

    private mutating func restoreTasks(_ reader: SnapshotReader) {
        for bucket in MarathonPaths.bucketNames {
            for (_, record) in reader.children(MarathonInstanceRecord.self, of: "\(paths.instances)/\(bucket)") {
                guard let instance = Instance(record) else { continue }
                insert(instance)
            }
        }
        for (task, record) in reader.children(MarathonKillRecord.self, of: paths.kills) where instances[task] != nil {
            kills[task] = PendingKill(reason: .init(rawValue: record.reason) ?? .unknown, wipe: record.wipe)
        }
        for id in records.keys {
            if let failure = reader.decode(MarathonFailureRecord.self, at: paths.failure(id.safeForm)) { failures[id] = failure }
            guard let record = reader.decode(MarathonBackoffRecord.self, at: paths.backoff(id.safeForm)),
                let configuration = Timestamp(record.config), let until = Timestamp(record.until)
            else { continue }
            backoffs[id] = Backoff(
                configuration: configuration, launch: LaunchBackoff(delay: .milliseconds(record.delayMs), until: until))
        }
    }

    /// The first actions of a term: nothing depends on what the leader before has seen.
    mutating func start(_ now: Timestamp) -> [EngineAction] {
        var actions: [EngineAction] = []
        for instance in instances.values where instance.isRunning { actions += startChecks(instance) }
        lastScaleCheck = now
        for deployment in deployments where deployment.isDone { actions.append(.settle(deployment: deployment.id)) }
        return actions + evaluateAll(now)
    }
}

/// Typed reads of a snapshot; what is not readable is logged and skipped.
struct SnapshotReader {
    let snapshot: StoreSnapshot
    let logger: Logger
    /// Names of the children by parent.
    private let names: [String: [String]]

    init(snapshot: StoreSnapshot, logger: Logger) {
        self.snapshot = snapshot
        self.logger = logger
        var names: [String: [String]] = [:]
        for path in snapshot.nodes.keys {
            guard let slash = path.lastIndex(of: "/") else { continue }
            names[String(path[..<slash]), default: []].append(String(path[path.index(after: slash)...]))
        }
        self.names = names
    }

    func decode<T: Decodable>(_ type: T.Type, at path: String) -> T? {
        do {
            return try snapshot.decode(type, at: path)
        } catch {
            logger.error("A stored record is not readable", metadata: ["path": "\(path)", "error": "\(error)"])
            return nil
        }
    }

    func children<T: Decodable>(_ type: T.Type, of path: String) -> [(name: String, record: T)] {
        (names[path] ?? []).sorted().compactMap { name in decode(type, at: "\(path)/\(name)").map { (name, $0) } }
    }

    func appRecord(_ key: String, paths: MarathonPaths) -> AppRecord {
        var record = AppRecord()
        for name in names[paths.specs(key)] ?? [] {
            if let time = Timestamp(name) { record.specs[time] = snapshot.nodes[paths.spec(key, name)] }
        }
        for (name, version) in children(MarathonAppVersionRecord.self, of: paths.versions(key)) {
            if let time = Timestamp(name) { record.versions[time] = version }
        }
        return record
    }

    func definition(_ head: MarathonAppHead, _ record: AppRecord) -> AppDefinition? {
        guard let version = Timestamp(head.version) else { return nil }
        let stored = MarathonAppVersionRecord(
            spec: head.spec, instances: head.instances, lastScalingAt: head.lastScalingAt, lastConfigChangeAt: head.lastConfigChangeAt)
        do {
            guard let definition = try AppRecord.definition(version: version, record: stored, specs: record.specs) else {
                logger.error("The definition of an app is missing", metadata: ["app": "\(head.id)", "spec": "\(head.spec)"])
                return nil
            }
            return definition
        } catch {
            logger.error("The definition of an app is not readable", metadata: ["app": "\(head.id)", "error": "\(error)"])
            return nil
        }
    }
}

extension AppTree {
    /// The tree exactly as stored: groups keep their versions.
    init(restoring apps: [AppDefinition], groups: [AppID: Group], version: Timestamp) {
        self.init(apps: apps, groups: groups, version: version)
        // A group lends its version to those above it, so the root comes last.
        for (id, group) in groups.sorted(by: { $0.key.segments.count > $1.key.segments.count }) {
            putGroup(id, dependencies: group.dependencies, version: group.version)
        }
    }
}
