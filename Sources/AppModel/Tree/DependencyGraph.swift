/// The dependencies between apps: its own and those of all groups above it. A dependency on a group means every app
/// below it; a name that matches nothing is ignored (contracts/marathon.md §5).
public struct DependencyGraph: Sendable, Hashable {
    /// App → the apps it directly needs.
    public let edges: [AppID: Set<AppID>]
    /// App → length of the longest dependency path starting at it; an app without dependencies has level 0. Apps on a cycle,
    /// and those that need them, have none.
    public let levels: [AppID: Int]

    public var hasCycle: Bool { levels.count < edges.count }

    public init(tree: AppTree) {
        // Only trees that have dependencies pay for resolving them.
        var members: [AppID: Set<AppID>] = [:]
        func apps(named id: AppID) -> Set<AppID> {
            if tree.apps[id] != nil { return [id] }
            if let known = members[id] { return known }
            let found = tree.groups[id] == nil ? [] : Set(tree.apps(below: id).map(\.id))
            members[id] = found
            return found
        }
        var result: [AppID: Set<AppID>] = [:]
        for app in tree.apps.values {
            var needed: Set<AppID> = []
            for dependency in app.dependencies { needed.formUnion(apps(named: dependency)) }
            for group in app.id.ancestors {
                for dependency in tree.groups[group]?.dependencies ?? [] { needed.formUnion(apps(named: dependency)) }
            }
            result[app.id] = needed
        }
        self.init(edges: result)
    }

    /// - edges: every app is a key; needed apps that are no keys are ignored.
    public init(edges: [AppID: Set<AppID>]) {
        self.edges = edges
        var open: [AppID: Int] = [:]
        var dependents: [AppID: [AppID]] = [:]
        for (app, needed) in edges {
            let known = needed.filter { edges[$0] != nil }
            open[app] = known.count
            for other in known { dependents[other, default: []].append(app) }
        }
        var levels: [AppID: Int] = [:]
        var ready = open.filter { $0.value == 0 }.map(\.key)
        var level = 0
        while !ready.isEmpty {
            var next: [AppID] = []
            for app in ready {
                // The last of its dependencies to be placed has the longest path below it.
                levels[app] = level
                for dependent in dependents[app] ?? [] {
                    open[dependent, default: 0] -= 1
                    if open[dependent] == 0 { next.append(dependent) }
                }
            }
            ready = next
            level += 1
        }
        self.levels = levels
    }
}
