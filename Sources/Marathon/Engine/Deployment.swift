import AppModel
import ClusterState
import DeploymentPlanner

/// A deployment under way (contracts/marathon.md §12).
struct Deployment: Sendable, Identifiable {
    let plan: DeploymentPlan
    let started: Timestamp
    /// Index of the step under way; the number of steps when all is done.
    var step = 0
    /// The versions before, of the apps that existed.
    let from: [AppID: Timestamp]
    /// The versions after, of the apps that exist still.
    let to: [AppID: Timestamp]
    /// The definitions of the apps that it removed: nothing else keeps them.
    let removed: [AppID: AppDefinition]
    let addedGroups: [AppID]
    let addedDependencies: [AppID: [AppID]]
    /// Of the apps that are restarted; stored with the plan, so before the first kill.
    let progress: [AppID: ReplacementProgress]
    /// The trees that events show. After a take-over both are the present tree.
    let original: AppTree
    let target: AppTree

    var id: String { plan.id }
    var version: Timestamp { plan.version }
    var affectedApps: Set<AppID> { plan.affectedApps }
    var isDone: Bool { step >= plan.steps.count }

    /// The action for an app and the index of its step. An app that is started and scaled has two: the first that is not done
    /// counts, and when all are done the last.
    func action(for app: AppID) -> (step: Int, action: DeploymentAction)? {
        var last: (Int, DeploymentAction)?
        for (index, step) in plan.steps.enumerated() {
            for action in step.actions where action.app == app {
                last = (index, action)
                if index >= self.step { return last }
            }
        }
        return last
    }
}

// The stored form holds versions in place of definitions: these are stored already.

extension Deployment {
    var record: MarathonDeploymentRecord {
        MarathonDeploymentRecord(
            id: id, version: version.description, started: started.description,
            steps: plan.steps.map { step in
                step.actions.map { .init(action: $0.action.rawValue, app: $0.app.description, victims: $0.victims) }
            },
            step: step, from: Self.texts(from), to: Self.texts(to),
            removed: Self.keyed(removed) { $0.json.text }, addedGroups: addedGroups.map(\.description),
            addedDependencies: Self.keyed(addedDependencies) { $0.map(\.description) },
            progress: Self.keyed(progress) { .init(initialOld: $0.initialOld, killNow: $0.killNow, maxCapacity: $0.maxCapacity) })
    }

    /// - tree: the present one, shown in events in place of the trees before and after.
    /// Nil when the versions are not readable; actions and apps that are not are left out.
    init?(_ record: MarathonDeploymentRecord, tree: AppTree) {
        guard let version = Timestamp(record.version), let started = Timestamp(record.started) else { return nil }
        let steps = record.steps.map { actions in
            DeploymentPlan.Step(
                actions: actions.compactMap { action in
                    guard let kind = DeploymentAction.Kind(rawValue: action.action), let app = try? AppID(action.app) else { return nil }
                    return DeploymentAction(kind, app, victims: action.victims)
                })
        }
        self.init(
            plan: DeploymentPlan(id: record.id, version: version, steps: steps), started: started, step: record.step,
            from: Self.parsed(record.from) { Timestamp($0) }, to: Self.parsed(record.to) { Timestamp($0) },
            removed: Self.parsed(record.removed) { text in
                (try? JSONValue(parsing: text)).flatMap { try? AppDefinition(stored: $0) }
            },
            addedGroups: record.addedGroups.compactMap { try? AppID($0) },
            addedDependencies: Self.parsed(record.addedDependencies) { $0.compactMap { try? AppID($0) } },
            progress: Self.parsed(record.progress) {
                ReplacementProgress(initialOld: $0.initialOld, killNow: $0.killNow, maxCapacity: $0.maxCapacity)
            },
            original: tree, target: tree)
    }

    private static func texts(_ versions: [AppID: Timestamp]) -> [String: String] { keyed(versions, \.description) }

    private static func keyed<A, B>(_ values: [AppID: A], _ transform: (A) -> B) -> [String: B] {
        Dictionary(uniqueKeysWithValues: values.map { ($0.key.description, transform($0.value)) })
    }

    private static func parsed<A, B>(_ values: [String: A], _ transform: (A) -> B?) -> [AppID: B] {
        var result: [AppID: B] = [:]
        for (text, value) in values {
            guard let id = try? AppID(text), let parsed = transform(value) else { continue }
            result[id] = parsed
        }
        return result
    }
}
