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

/// The 409 of a write that meets a running deployment; clients look for its exact text.
public struct AppsLocked: Error, Sendable, Hashable {
    public let deployments: [String]

    public init(deployments: [String]) { self.deployments = deployments }

    public var status: Int { 409 }

    public var body: JSONValue {
        [
            "message":
                "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.",
            "deployments": .array(deployments.map { ["id": .string($0)] }),
        ]
    }
}
