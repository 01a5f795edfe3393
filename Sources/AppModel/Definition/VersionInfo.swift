/// When an app was last scaled and last changed otherwise (contracts/marathon.md §9.3).
public struct VersionInfo: Sendable, Hashable {
    public var lastScalingAt: Timestamp
    public var lastConfigChangeAt: Timestamp

    public init(lastScalingAt: Timestamp, lastConfigChangeAt: Timestamp) {
        self.lastScalingAt = lastScalingAt
        self.lastConfigChangeAt = lastConfigChangeAt
    }

    public var json: JSONValue {
        [
            "lastScalingAt": .string(lastScalingAt.description),
            "lastConfigChangeAt": .string(lastConfigChangeAt.description),
        ]
    }
}
