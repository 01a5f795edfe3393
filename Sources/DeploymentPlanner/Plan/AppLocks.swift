public import AppModel

/// Which deployment holds which app (contracts/marathon.md §2.1, §12.1 step 7).
///
///     let blockers = locks.conflicts(with: plan)
///     if !blockers.isEmpty, !force { throw AppsLocked(deployments: blockers) }
public struct AppLocks: Sendable, Hashable {
    private var holders: [AppID: String] = [:]

    public init() {}

    public init(_ plans: some Sequence<DeploymentPlan>) {
        for plan in plans { lock(plan) }
    }

    public func holder(of app: AppID) -> String? { holders[app] }

    public mutating func lock(_ plan: DeploymentPlan) {
        for app in plan.affectedApps { holders[app] = plan.id }
    }

    public mutating func unlock(deployment id: String) {
        holders = holders.filter { $0.value != id }
    }

    /// The deployments that a plan must wait for, or cancel when forced; sorted.
    public func conflicts(with plan: DeploymentPlan) -> [String] {
        Set(plan.affectedApps.compactMap { holders[$0] }).subtracting([plan.id]).sorted()
    }
}
