/// How a task is killed.
public struct KillPolicy: Codable, Sendable, Hashable {
    public var grace_period: DurationInfo?
    public init(grace_period: DurationInfo? = nil) { self.grace_period = grace_period }
}
