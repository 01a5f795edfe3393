/// A maintenance window (contracts/mesos.md §4.9).
public struct Unavailability: Codable, Sendable, Hashable {
    public var start: TimeInfo
    /// Nil: for ever.
    public var duration: DurationInfo?
    public init(start: TimeInfo, duration: DurationInfo? = nil) {
        self.start = start
        self.duration = duration
    }
}
