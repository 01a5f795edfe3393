/// A time since the epoch, or a duration.
public struct TimeInfo: Codable, Sendable, Hashable {
    public var nanoseconds: Int64
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
}

public typealias DurationInfo = TimeInfo
