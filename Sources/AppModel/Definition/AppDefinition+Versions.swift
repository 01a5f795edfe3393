extension AppDefinition {
    /// Compares every field of §8 except id, instances and versions; order within sets does not matter.
    public func hasSameConfiguration(as other: AppDefinition) -> Bool { comparable == other.comparable }

    private var comparable: AppDefinition {
        var app = self
        app.id = .root
        app.instances = 0
        app.version = Timestamp(milliseconds: 0)
        app.versionInfo = nil
        app.constraints.sort()
        app.dependencies.sort()
        app.acceptedResourceRoles?.sort()
        // Any total order will do.
        app.healthChecks.sort { $0.json.text < $1.json.text }
        return app
    }

    /// How this definition differs from the one before it.
    public func change(from previous: AppDefinition?) -> AppChange {
        guard let previous else { return .created }
        if !hasSameConfiguration(as: previous) { return .configuration }
        return instances == previous.instances ? .none : .scaling
    }

    /// The definition with the versions that the change gives it. Assign service ports first: they take part in the
    /// comparison.
    ///
    /// - restart: replace all tasks even when nothing changed.
    public func versioned(after previous: AppDefinition?, now: Timestamp, restart: Bool = false) -> (app: AppDefinition, change: AppChange)
    {
        var app = self
        var change = change(from: previous)
        if restart, change == .none || change == .scaling { change = .restart }
        let kept = previous?.versionInfo?.lastConfigChangeAt ?? previous?.version ?? now
        switch change {
        case .created, .configuration:
            app.version = now
            app.versionInfo = VersionInfo(lastScalingAt: now, lastConfigChangeAt: now)
        case .scaling, .restart:
            app.version = now
            app.versionInfo = VersionInfo(lastScalingAt: now, lastConfigChangeAt: kept)
        case .none:
            app.version = previous?.version ?? now
            app.versionInfo = previous?.versionInfo ?? VersionInfo(lastScalingAt: app.version, lastConfigChangeAt: kept)
        }
        return (app, change)
    }
}
