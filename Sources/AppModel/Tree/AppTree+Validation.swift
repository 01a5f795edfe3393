extension AppTree {
    /// The rules that need more than one app (contracts/marathon.md §5, §8.1, §12.1).
    ///
    /// - maxApps: `--max_apps`.
    public func violations(maxApps: Int? = nil) -> [Violation] {
        var list = ViolationList()
        for id in apps.keys.sorted() where groups[id] != nil {
            list.add("/", "Groups and Applications may not have the same identifier. Change the following ids: \(id)")
        }
        if dependencyGraph.hasCycle { list.add("/", "Dependency graph has cyclic dependencies.") }
        if let maxApps, apps.count > maxApps {
            list.add("/", "This Marathon instance may only handle up to \(maxApps) Apps!")
        }
        var owners: [String: AppID] = [:]
        for app in apps.values.sorted(by: { $0.id < $1.id }) {
            for volume in app.externalVolumes {
                guard let external = volume.external else { continue }
                let key = "\(external.provider) \(external.name)"
                if let owner = owners[key], owner != app.id {
                    list.add("/", "Volume name '\(external.name)' in \(app.id) conflicts with volume(s) of same name in app(s): \(owner)")
                }
                owners[key] = app.id
            }
        }
        return list.violations
    }

    /// Who must be up before whom.
    public var dependencyGraph: DependencyGraph { DependencyGraph(tree: self) }
}
