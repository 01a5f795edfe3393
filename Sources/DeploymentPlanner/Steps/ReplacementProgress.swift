public import AppModel

/// What a rolling replacement must remember from its start, because it cannot be seen later: store it before the first
/// kill (contracts/marathon.md §12.3, §19.1).
public struct ReplacementProgress: Sendable, Hashable, Codable {
    /// Tasks of other versions at the start, without those being killed already.
    public var initialOld: Int
    /// How many of them go before anything new serves.
    public var killNow: Int
    /// How many tasks of all versions may be there.
    public var maxCapacity: Int

    public init(initialOld: Int, killNow: Int, maxCapacity: Int) {
        self.initialOld = initialOld
        self.killNow = killNow
        self.maxCapacity = maxCapacity
    }

    /// The capacity rule of a replacement that begins.
    public init(beginning app: AppDefinition, tasks: [PlannedTask]) {
        let old = tasks.count { $0.version != app.version && !$0.isKilling }
        self.init(instances: app.instances, old: old, strategy: app.upgradeStrategy, isResident: app.isResident)
    }

    /// - old: tasks of other versions at the start.
    public init(instances: Int, old: Int, strategy: UpgradeStrategy, isResident: Bool) {
        guard instances > 0 else {
            self.init(initialOld: old, killNow: old, maxCapacity: 0)
            return
        }
        let minHealthy = Self.minimumHealthy(instances: instances, strategy: strategy)
        var capacity = Int(Self.snapped(Double(instances) * (1 + strategy.maximumOverCapacity)).rounded(.down))
        var killNow = max(0, old - minHealthy)
        if minHealthy == capacity, capacity <= old {
            // Neither dip nor swell is allowed: one of them must be, or nothing could move. A resident task needs the
            // resources of the one it replaces.
            if isResident { killNow = old - minHealthy + 1 } else { capacity += 1 }
        }
        self.init(initialOld: old, killNow: killNow, maxCapacity: capacity)
    }

    /// Old tasks that stay until new ones serve in their place: the number of serving tasks a kill never goes below.
    public var floor: Int { initialOld - killNow }

    public static func minimumHealthy(instances: Int, strategy: UpgradeStrategy) -> Int {
        Int(snapped(Double(instances) * strategy.minimumHealthCapacity).rounded(.up))
    }

    /// 100 × 0.55 is 55.000000000000007 in binary; it means 55.
    private static func snapped(_ value: Double) -> Double {
        abs(value - value.rounded()) < 1e-9 * max(1, abs(value)) ? value.rounded() : value
    }
}
