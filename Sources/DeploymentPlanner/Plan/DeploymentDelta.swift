public import AppModel

/// What a deployment changed: enough to take it back (contracts/marathon.md §6.1).
///
///     let delta = DeploymentDelta(from: before, to: after, plan: plan)
///     let rolledBack = delta.reverted(on: current, version: now)      // then settle, plan, and deploy with force
public struct DeploymentDelta: Sendable, Hashable, Codable {
    /// The affected apps as they were; an app that was added is not in it.
    public var previous: [AppID: AppDefinition]
    /// The affected apps as they shall be; an app that is removed is not in it.
    public var target: [AppID: AppDefinition]
    public var addedGroups: [AppID]
    /// Group → dependencies it got.
    public var addedDependencies: [AppID: [AppID]]
    /// Of the change: a group that still has it was not changed since.
    public var version: Timestamp

    public init(
        previous: [AppID: AppDefinition], target: [AppID: AppDefinition], addedGroups: [AppID] = [],
        addedDependencies: [AppID: [AppID]] = [:], version: Timestamp
    ) {
        self.previous = previous
        self.target = target
        self.addedGroups = addedGroups
        self.addedDependencies = addedDependencies
        self.version = version
    }

    public init(from before: AppTree, to after: AppTree, plan: DeploymentPlan) {
        let affected = plan.affectedApps
        var dependencies: [AppID: [AppID]] = [:]
        for (id, group) in after.groups {
            guard let earlier = before.groups[id], earlier != group else { continue }
            let added = group.dependencies.filter { !earlier.dependencies.contains($0) }
            if !added.isEmpty { dependencies[id] = added }
        }
        self.init(
            previous: before.apps.filter { affected.contains($0.key) }, target: after.apps.filter { affected.contains($0.key) },
            addedGroups: after.groups.keys.filter { before.groups[$0] == nil }.sorted(), addedDependencies: dependencies,
            version: plan.version)
    }

    /// The current tree without the changes of this deployment: changed and removed apps get their old definitions back, added ones
    /// go. Added groups go when nothing is left in them and nobody changed them; added group dependencies go.
    public func reverted(on current: AppTree, version now: Timestamp) -> AppTree {
        var tree = current
        for app in target.keys where previous[app] == nil { tree.removeApp(app, version: now) }
        for app in previous.values { tree.put(app, version: now) }
        for (group, added) in addedDependencies {
            guard let existing = tree.groups[group] else { continue }
            tree.putGroup(group, dependencies: existing.dependencies.filter { !added.contains($0) }, version: now)
        }
        // Children before parents, so that a chain of empty groups goes as a whole.
        for group in addedGroups.sorted(by: >) {
            let isUnchanged = current.groups[group]?.version == version
            let isEmpty = tree.apps(below: group).isEmpty && !tree.groups.keys.contains { $0.isChild(of: group) }
            if isUnchanged, isEmpty { tree.removeGroup(group, version: now) }
        }
        return tree
    }
}
