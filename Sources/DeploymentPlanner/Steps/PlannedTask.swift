public import AppModel

/// A task of an app as the planner sees it: launched, not terminal.
public struct PlannedTask: Sendable, Hashable {
    /// In the order in which tasks are given up (contracts/marathon.md §12.3).
    public enum Condition: Int, Sendable, Hashable, Comparable {
        /// Lost for longer than the app's `inactiveAfterSeconds`: it is to be replaced.
        case unreachable
        /// Stored, launched or staging.
        case staging
        case starting
        case running

        public static func < (a: Condition, b: Condition) -> Bool { a.rawValue < b.rawValue }
    }

    public var id: String
    /// Of the app definition it was launched with.
    public var version: Timestamp
    public var condition: Condition
    /// A kill was asked for (an intent is stored); it is still there.
    public var isKilling: Bool
    /// All results alive and at least one; irrelevant without health checks.
    public var isHealthy: Bool
    /// Nil = not probed.
    public var isReady: Bool?
    /// Nil until it first ran.
    public var startedAt: Timestamp?
    public var hostname: String
    /// The agent's attributes as text.
    public var attributes: [String: String]

    public init(
        id: String, version: Timestamp, condition: Condition, isKilling: Bool = false, isHealthy: Bool = false,
        isReady: Bool? = nil, startedAt: Timestamp? = nil, hostname: String = "", attributes: [String: String] = [:]
    ) {
        self.id = id
        self.version = version
        self.condition = condition
        self.isKilling = isKilling
        self.isHealthy = isHealthy
        self.isReady = isReady
        self.startedAt = startedAt
        self.hostname = hostname
        self.attributes = attributes
    }

    /// Whether it does its work: running, healthy if the app has health checks, ready if the app has readiness checks.
    ///
    /// - probed: tasks of the target version are probed for readiness; of others only a known "not ready" counts.
    func isServing(_ app: AppDefinition, probed: Bool) -> Bool {
        guard condition == .running, !isKilling else { return false }
        if !app.healthChecks.isEmpty, !isHealthy { return false }
        if app.readinessChecks.isEmpty { return true }
        return isReady ?? !probed
    }
}
