public import AppModel

/// The steps that lead from one state of the apps to another (contracts/marathon.md §12.2). Steps run one after another, the
/// actions of a step side by side.
///
///     let plan = DeploymentPlan.make(id: uuid, from: before, to: after, version: now)
///     plan.affectedApps    // locked until the end
///     plan.isEmpty         // nothing to do: finished at once
public struct DeploymentPlan: Sendable, Hashable, Codable {
    public struct Step: Sendable, Hashable, Codable {
        public var actions: [DeploymentAction]
        public init(actions: [DeploymentAction]) { self.actions = actions }
        public var json: JSONValue { ["actions": .array(actions.map(\.json))] }
    }

    public var id: String
    /// Of the change.
    public var version: Timestamp
    public var steps: [Step]

    public init(id: String, version: Timestamp, steps: [Step]) {
        self.id = id
        self.version = version
        self.steps = steps
    }

    public var isEmpty: Bool { steps.isEmpty }

    /// The apps in any action: they are locked until the deployment ends.
    public var affectedApps: Set<AppID> { Set(steps.lazy.flatMap(\.actions).map(\.app)) }

    /// Plans a change. Both trees must be settled: service ports assigned, versions given.
    ///
    /// - changes: what `AppTree.settled(after:)` said about the apps that differ; nil compares all apps.
    /// - victims: tasks chosen by the user, per app that is only scaled.
    public static func make(
        id: String, from before: AppTree, to after: AppTree, changes: [AppID: AppChange]? = nil,
        victims: [AppID: [String]] = [:], version: Timestamp
    ) -> DeploymentPlan {
        let changes = changes ?? after.apps.mapValues { $0.change(from: before.apps[$0.id]) }
        let stopped = before.apps.keys.filter { after.apps[$0] == nil }.sorted()
        var started: [AppID] = []
        var moved: [DeploymentAction] = []
        for (app, change) in changes.sorted(by: { $0.key < $1.key }) where after.apps[app] != nil {
            switch change {
            case .created:
                started.append(app)
                moved.append(DeploymentAction(.scale, app))
            case .scaling: moved.append(DeploymentAction(.scale, app, victims: victims[app]))
            case .configuration, .restart: moved.append(DeploymentAction(.restart, app))
            case .none: break
            }
        }
        let groups = [stopped.map { DeploymentAction(.stop, $0) }, started.map { DeploymentAction(.start, $0) }]
        let steps = groups.filter { !$0.isEmpty }.map(Step.init) + byDependency(moved, in: after)
        return DeploymentPlan(id: id, version: version, steps: steps)
    }

    /// One step per dependency level, what others need first.
    private static func byDependency(_ actions: [DeploymentAction], in tree: AppTree) -> [Step] {
        // The graph of a large tree is dear, and a single app has nobody to wait for.
        guard actions.count > 1 else { return actions.isEmpty ? [] : [Step(actions: actions)] }
        let levels = tree.dependencyGraph.levels
        return Dictionary(grouping: actions) { levels[$0.app] ?? 0 }.sorted { $0.key < $1.key }.map { Step(actions: $0.value) }
    }
}
