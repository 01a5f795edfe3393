extension AppTree {
    /// What a group answer contains besides id, dependencies and version (contracts/marathon.md §5, `embed`).
    public struct Embedding: Sendable, Hashable {
        public var apps: Bool
        public var groups: Bool
        public init(apps: Bool = true, groups: Bool = true) {
            self.apps = apps
            self.groups = groups
        }
    }

    /// A group with all below it, apps and groups sorted by id; nil when there is no such group.
    ///
    /// - appJSON: how to show an app.
    public func json(of id: AppID, embedding: Embedding = Embedding(), app appJSON: (AppDefinition) -> JSONValue) -> JSONValue? {
        guard groups[id] != nil else { return nil }
        var childApps: [AppID: [AppDefinition]] = [:]
        var childGroups: [AppID: [AppID]] = [:]
        for app in apps.values where app.id.isSelfOrBelow(id) {
            if let parent = app.id.parent { childApps[parent, default: []].append(app) }
        }
        for group in groups.keys where group.isSelfOrBelow(id) {
            if let parent = group.parent { childGroups[parent, default: []].append(group) }
        }
        func json(of id: AppID) -> JSONValue {
            let group = groups[id] ?? Group(version: version)
            var object = JSONObject([
                ("id", .string(id.description)), ("dependencies", JSONValue(group.dependencies.map(\.description).sorted())),
                ("version", .string(group.version.description)),
            ])
            if embedding.apps {
                object.append("apps", .array((childApps[id] ?? []).sorted { $0.id < $1.id }.map(appJSON)))
            }
            if embedding.groups { object.append("groups", .array((childGroups[id] ?? []).sorted().map(json))) }
            return .object(object)
        }
        return json(of: id)
    }
}
