extension AppTree {
    /// Gives every app that differs from `previous` its service ports and its versions: the tree to validate, plan and store
    /// (contracts/marathon.md §12.1 steps 2 and 4). Apps that turn out unchanged get their former definition back.
    ///
    /// - restarting: apps whose tasks are to be replaced although nothing changed.
    /// - portRange: `local_port_min` ..< `local_port_max`.
    ///
    /// Throws `.illegal` when no service port is left.
    public func settled(
        after previous: AppTree, restarting: Set<AppID> = [], portRange: Range<Int> = 10000..<20000, now: Timestamp
    ) throws(AppInputError) -> (tree: AppTree, changes: [AppID: AppChange]) {
        var result = self
        var changes: [AppID: AppChange] = [:]
        let touched = apps.values.filter { restarting.contains($0.id) || $0 != previous.apps[$0.id] }.sorted { $0.id < $1.id }
        var allocator: ServicePortAllocator?
        for app in touched {
            let before = previous.apps[app.id]
            var assigned = app
            if app.servicePorts.contains(0) {
                // Collecting the ports of all apps costs more than the rest of a change: only when one is needed.
                var ports = allocator ?? ServicePortAllocator(range: portRange, used: usedPorts.union(previous.usedPorts))
                assigned = try ports.assign(to: app, previous: before)
                allocator = ports
            }
            let (settled, change) = assigned.versioned(after: before, now: now, restart: restarting.contains(app.id))
            result.replace(change == .none ? before ?? settled : settled)
            if change != .none { changes[app.id] = change }
        }
        return (result, changes)
    }

    /// The service ports of all apps.
    public var usedPorts: Set<Int> { Set(apps.values.lazy.flatMap(\.servicePorts)) }
}
