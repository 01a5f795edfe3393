/// All groups and apps of the cluster: the tree that changes apply to (contracts/marathon.md §5). A value: keep the old one
/// to compare with.
///
///     var tree = AppTree(version: now)
///     tree.put(app)                                            // makes the groups above it
///     tree = try tree.applying(groupUpdate, version: now)
///     let violations = tree.violations()                       // nesting, clashes, cycles
///     tree.json(of: .root) { app in app.json }                 // nested group JSON
public struct AppTree: Sendable, Hashable {
    public struct Group: Sendable, Hashable {
        public var dependencies: [AppID]
        public var version: Timestamp
        public init(dependencies: [AppID] = [], version: Timestamp) {
            self.dependencies = dependencies
            self.version = version
        }
    }

    public private(set) var apps: [AppID: AppDefinition]
    /// The root is always there.
    public private(set) var groups: [AppID: Group]

    public init(version: Timestamp) {
        apps = [:]
        groups = [.root: Group(version: version)]
    }

    /// From stored parts, exactly as they are. A group that is missing above an app or a group is made.
    ///
    /// - version: for the groups that are made.
    public init(apps: some Sequence<AppDefinition>, groups: [AppID: Group], version: Timestamp) {
        self.init(version: version)
        self.groups.merge(groups) { _, stored in stored }
        for app in apps { self.apps[app.id] = app }
        for id in Array(self.apps.keys) + groups.keys {
            for ancestor in id.ancestors where self.groups[ancestor] == nil { self.groups[ancestor] = Group(version: version) }
        }
    }

    /// Time of the last change of anything.
    public var version: Timestamp { groups[.root]?.version ?? Timestamp(milliseconds: 0) }

    /// Puts an app in place of the one of its id, makes the groups above it, takes away an app-less group of the same id.
    /// The groups above it get the version.
    ///
    /// - version: of the change; nil = the app's.
    public mutating func put(_ app: AppDefinition, version: Timestamp? = nil) {
        if groups[app.id] != nil, apps(below: app.id).isEmpty { removeSubtree(app.id) }
        apps[app.id] = app
        touch(app.id.ancestors, version ?? app.version)
    }

    /// Removes an app; its groups stay. Nil when there was none.
    @discardableResult
    public mutating func removeApp(_ id: AppID, version: Timestamp) -> AppDefinition? {
        guard let removed = apps.removeValue(forKey: id) else { return nil }
        touch(id.ancestors, version)
        return removed
    }

    /// Removes a group with all below it; the root itself stays, empty.
    public mutating func removeGroup(_ id: AppID, version: Timestamp) {
        removeSubtree(id)
        touch(id.isRoot ? [.root] : id.ancestors, version)
    }

    /// Makes a group (and those above it) if it is missing.
    public mutating func putGroup(_ id: AppID, dependencies: [AppID]? = nil, version: Timestamp) {
        touch(id.ancestors + [id], version)
        if let dependencies { groups[id]?.dependencies = dependencies }
    }

    /// The apps anywhere below a group, by id.
    public func apps(below group: AppID) -> [AppDefinition] {
        apps.values.filter { $0.id != group && $0.id.isSelfOrBelow(group) }.sorted { $0.id < $1.id }
    }

    /// For an app that is in the tree already.
    mutating func replace(_ app: AppDefinition) { apps[app.id] = app }

    private mutating func removeSubtree(_ id: AppID) {
        apps = apps.filter { !$0.key.isSelfOrBelow(id) || ($0.key == id) }
        groups = groups.filter { $0.key.isRoot || !$0.key.isSelfOrBelow(id) }
    }

    private mutating func touch(_ ids: [AppID], _ version: Timestamp) {
        for id in ids { groups[id, default: Group(version: version)].version = version }
    }

    /// The declarative part of a group update: a given list of apps or groups replaces what is there, an absent one leaves it.
    /// `scaleBy` multiplies the instances of the whole subtree, rounded up. A `version` is for the caller, who has the history.
    ///
    /// Apps of the body are definitions fresh from it: call `settled(after:)` next for service ports and versions.
    public func applying(_ update: GroupUpdate, version: Timestamp) throws(AppInputError) -> AppTree {
        var tree = self
        if let factor = update.scaleBy {
            guard groups[update.id] != nil else { throw .illegal("Group '\(update.id)' does not exist") }
            for var app in apps(below: update.id) {
                app.instances = Int((Double(app.instances) * factor).rounded(.up).clamped(to: 0...Double(Int32.max)))
                if app.instances != apps[app.id]?.instances { tree.put(app, version: version) }
            }
            return tree
        }
        tree.declare(update, version: version)
        return tree
    }

    private mutating func declare(_ update: GroupUpdate, version: Timestamp) {
        putGroup(update.id, dependencies: update.dependencies, version: version)
        if let wanted = update.apps {
            let ids = Set(wanted.compactMap(\.id))
            for id in apps.keys where id.isChild(of: update.id) && !ids.contains(id) { apps[id] = nil }
            for appUpdate in wanted {
                guard let id = appUpdate.id else { continue }
                let app = AppDefinition(id: id, creating: appUpdate, version: version)
                put(app, version: version)
            }
        }
        if let wanted = update.groups {
            let ids = Set(wanted.map(\.id))
            for id in groups.keys where id.isChild(of: update.id) && !ids.contains(id) { removeSubtree(id) }
            for child in wanted { declare(child, version: version) }
        }
    }
}

extension Comparable {
    func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
