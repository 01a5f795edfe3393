import AppModel
import ClusterState
import DeploymentPlanner
import ZooKeeper

// Changes of definitions: drafted from the present state, stored as one multi, then applied (contracts/marathon.md §12.1, §19.2).

extension MarathonStateMachine {
    /// Works a change out. Nothing of the state changes.
    /// - Throws: `APIError`, `AppInputError`.
    mutating func draft(_ wanted: DefinitionChange, now: Timestamp) throws -> DefinitionDraft {
        // Two changes never have the same version, whatever the clock says.
        let version = max(now, lastVersion + .milliseconds(1))
        let edited = try wanted.edit(tree, version)
        let (target, changes) = try edited.settled(
            after: tree, restarting: wanted.restarts, portRange: configuration.localPorts, now: version)
        let validator = AppValidator(features: Set(configuration.features.compactMap(Feature.init(rawValue:))))
        for id in changes.keys.sorted() {
            if let app = target.apps[id] { try validator.validate(app) }
        }
        let violations = target.violations(maxApps: configuration.maximumApps)
        if !violations.isEmpty { throw AppInputError.invalid(violations) }

        let plan = DeploymentPlan.make(
            id: uuids.next(now: now).description, from: tree, to: target, changes: changes, victims: wanted.victims, version: version)
        let conflicts = deployments.filter { !$0.affectedApps.isDisjoint(with: plan.affectedApps) }
        if !conflicts.isEmpty, !wanted.force { throw APIError.locked(by: conflicts.map(\.id)) }

        var draft = DefinitionDraft(
            tree: target, change: change + 1, deployment: deployment(plan, to: target, now), cancelled: conflicts, records: [:],
            removed: Set(tree.apps.keys).subtracting(target.apps.keys), specs: [], ops: [], group: wanted.group)
        write(&draft, changes: changes)
        return draft
    }

    private func deployment(_ plan: DeploymentPlan, to target: AppTree, _ now: Timestamp) -> Deployment {
        let delta = DeploymentDelta(from: tree, to: target, plan: plan)
        var progress: [AppID: ReplacementProgress] = [:]
        for action in plan.steps.flatMap(\.actions) where action.action == .restart {
            guard let app = target.apps[action.app] else { continue }
            progress[app.id] = ReplacementProgress(beginning: app, tasks: plannedTasks(of: app.id, now))
        }
        return Deployment(
            plan: plan, started: now, from: delta.previous.mapValues(\.version), to: delta.target.mapValues(\.version),
            removed: delta.previous.filter { delta.target[$0.key] == nil }, addedGroups: delta.addedGroups,
            addedDependencies: delta.addedDependencies, progress: progress, original: tree, target: target)
    }

    /// The tree without what a deployment changed, for a rollback.
    func reverting(_ deployment: Deployment, version: Timestamp) throws -> AppTree {
        var previous = deployment.removed
        for (id, version) in deployment.from where previous[id] == nil {
            if let definition = try records[id]?.definition(at: version) { previous[id] = definition }
        }
        let delta = DeploymentDelta(
            previous: previous, target: tree.apps.filter { deployment.to[$0.key] != nil }, addedGroups: deployment.addedGroups,
            addedDependencies: deployment.addedDependencies, version: deployment.version)
        return delta.reverted(on: tree, version: version)
    }

    // MARK: Writing

    private func write(_ draft: inout DefinitionDraft, changes: [AppID: AppChange]) {
        let root = MarathonRootRecord(version: draft.deployment.version.description, change: draft.change)
        draft.ops.append(.set(paths.definitions, Self.encode(root)))
        for id in changes.keys.sorted() {
            guard let app = draft.tree.apps[id] else { continue }
            writeApp(app, &draft)
        }
        for id in draft.removed.sorted() { deleteApp(id, &draft) }
        writeGroups(&draft)
        // Apps that a cancelled deployment held and the new one does not.
        let freed = Set(draft.cancelled.flatMap(\.affectedApps)).subtracting(draft.deployment.affectedApps)
        for id in freed.sorted() {
            guard let app = draft.tree.apps[id] else { continue }
            draft.ops.append(.set(paths.app(id.safeForm), Self.encode(AppRecord.head(of: app, deployment: nil))))
        }
        for deployment in draft.cancelled { draft.ops.append(.delete(paths.deployment(deployment.id))) }
        draft.ops.append(.create(paths.deployment(draft.deployment.id), Self.encode(draft.deployment.record)))
    }

    private func writeApp(_ app: AppDefinition, _ draft: inout DefinitionDraft) {
        let key = app.id.safeForm
        let head = Self.encode(AppRecord.head(of: app, deployment: draft.deployment.id))
        var record = records[app.id] ?? AppRecord()
        if records[app.id] == nil {
            draft.ops += [.create(paths.app(key), head), .create(paths.specs(key)), .create(paths.versions(key))]
        } else {
            draft.ops.append(.set(paths.app(key), head))
        }
        let configuration = app.configurationTime
        if record.specs[configuration] == nil {
            let data = AppRecord.specData(of: app)
            record.specs[configuration] = data
            let op = Op.create(paths.spec(key, configuration.description), data)
            // A new app has no parent node yet.
            if records[app.id] == nil { draft.ops.append(op) } else { draft.specs.append(op) }
        }
        record.versions[app.version] = AppRecord.versionRecord(of: app)
        draft.ops.append(.create(paths.version(key, app.version.description), Self.encode(AppRecord.versionRecord(of: app))))
        trim(&record, app, &draft)
        draft.records[app.id] = record
    }

    /// Only the newest versions are kept, and the specs that they or running tasks refer to.
    private func trim(_ record: inout AppRecord, _ app: AppDefinition, _ draft: inout DefinitionDraft) {
        let key = app.id.safeForm
        for old in record.versions.keys.sorted().dropLast(configuration.maximumVersions) {
            record.versions[old] = nil
            draft.ops.append(.delete(paths.version(key, old.description)))
        }
        var used = Set(record.versions.values.compactMap { Timestamp($0.spec) })
        used.formUnion(instances(of: app.id).map(\.configuration))
        used.insert(app.configurationTime)
        for spec in record.specs.keys where !used.contains(spec) {
            record.specs[spec] = nil
            draft.ops.append(.delete(paths.spec(key, spec.description)))
        }
    }

    private func deleteApp(_ id: AppID, _ draft: inout DefinitionDraft) {
        let key = id.safeForm
        let record = records[id] ?? AppRecord()
        for version in record.versions.keys { draft.ops.append(.delete(paths.version(key, version.description))) }
        for spec in record.specs.keys { draft.ops.append(.delete(paths.spec(key, spec.description))) }
        draft.ops += [.delete(paths.versions(key)), .delete(paths.specs(key)), .delete(paths.app(key))]
    }

    private func writeGroups(_ draft: inout DefinitionDraft) {
        for (id, group) in draft.tree.groups.sorted(by: { $0.key < $1.key }) {
            guard tree.groups[id] != group else { continue }
            let record = MarathonGroupRecord(
                id: id.description, dependencies: group.dependencies.map(\.description), version: group.version.description)
            let path = paths.group(of: id)
            draft.ops.append(tree.groups[id] == nil ? .create(path, Self.encode(record)) : .set(path, Self.encode(record)))
        }
        for id in tree.groups.keys.sorted() where draft.tree.groups[id] == nil {
            draft.ops.append(.delete(paths.group(of: id)))
        }
    }

    /// Nodes below removed apps that are written one by one; they must go before the draft is committed.
    func looseNodes(_ draft: DefinitionDraft) -> [NodeWrite] {
        draft.removed.sorted().flatMap { id -> [NodeWrite] in
            [.delete(paths.failure(id.safeForm)), .delete(paths.backoff(id.safeForm))]
        }
    }

    // MARK: Applying

    /// Takes in a draft that is stored.
    mutating func apply(_ draft: DefinitionDraft, now: Timestamp) -> [EngineAction] {
        tree = draft.tree
        lastVersion = draft.deployment.version
        change = draft.change
        for (id, record) in draft.records { records[id] = record }
        for id in draft.removed {
            records[id] = nil
            failures[id] = nil
            backoffs[id] = nil
            frozen.remove(id)
        }
        var events = [
            MarathonEvent(
                "group_change_success", at: now,
                [("groupId", .string(draft.group.description)), ("version", .string(draft.deployment.version.description))])
        ]
        let cancelled = Set(draft.cancelled.map(\.id))
        deployments.removeAll { cancelled.contains($0.id) }
        events += draft.cancelled.map { PlanEvents.failed($0, now) }
        deployments.append(draft.deployment)
        var actions: [EngineAction] = [.publish(events)]
        actions += beginStep(draft.deployment.id, now)
        actions += advance(draft.deployment.id, now)
        if draft.deployment.isDone { actions.append(.settle(deployment: draft.deployment.id)) }
        let freed = Set(draft.cancelled.flatMap(\.affectedApps)).subtracting(draft.deployment.affectedApps)
        for app in freed.sorted() { actions += evaluate(app, now) }
        return actions + updateInterest(now)
    }

    /// The writes that bring a deployment's node, and at its end the locks, up to date; nil when it is gone.
    func settlement(of id: String) -> [Op]? {
        guard let deployment = deployments.first(where: { $0.id == id }) else { return nil }
        guard deployment.isDone else { return [.set(paths.deployment(id), Self.encode(deployment.record))] }
        return ending(deployment)
    }

    /// The writes that end a deployment, done or not.
    func ending(_ deployment: Deployment) -> [Op] {
        [.delete(paths.deployment(deployment.id))]
            + deployment.affectedApps.sorted().compactMap { id in
                tree.apps[id].map { .set(paths.app(id.safeForm), Self.encode(AppRecord.head(of: $0, deployment: nil))) }
            }
    }

    /// Takes in that a deployment has ended and that this is stored.
    mutating func ended(_ id: String, event: (Deployment, Timestamp) -> MarathonEvent, now: Timestamp) -> [EngineAction] {
        guard let index = deployments.firstIndex(where: { $0.id == id }) else { return [] }
        let deployment = deployments.remove(at: index)
        var actions: [EngineAction] = [.publish([event(deployment, now)])]
        for app in deployment.affectedApps.sorted() { actions += evaluate(app, now) }
        return actions + updateInterest(now)
    }
}

extension MarathonPaths {
    func group(of id: AppID) -> String { group(id.isRoot ? MarathonGroupRecord.rootKey : id.safeForm) }
}
