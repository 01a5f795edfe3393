/// A `google.protobuf.Duration`: `{"seconds":600}`. The form `{"nanoseconds":…}` of other durations is read too.
public struct ProtobufDuration: Codable, Sendable, Hashable {
    public var seconds: Int64
    /// Of the sign of `seconds`.
    public var nanos: Int32

    /// All of it in nanoseconds, as far as 64 bits go.
    public var nanoseconds: Int64 {
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowToo) = whole.addingReportingOverflow(Int64(nanos))
        return overflow || overflowToo ? (seconds < 0 ? .min : .max) : sum
    }

    public init(nanoseconds: Int64) {
        seconds = nanoseconds / 1_000_000_000
        nanos = Int32(nanoseconds % 1_000_000_000)
    }

    private enum CodingKeys: String, CodingKey { case seconds, nanos, nanoseconds }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let nanoseconds = try container.decodeIfPresent(Int64.self, forKey: .nanoseconds) ?? 0
        seconds = try container.decodeIfPresent(Int64.self, forKey: .seconds) ?? nanoseconds / 1_000_000_000
        nanos = try container.decodeIfPresent(Int32.self, forKey: .nanos) ?? Int32(nanoseconds % 1_000_000_000)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(seconds, forKey: .seconds)
        if nanos != 0 { try container.encode(nanos, forKey: .nanos) }
    }
}
