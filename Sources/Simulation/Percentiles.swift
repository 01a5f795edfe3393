/// What a set of measured times comes to; in milliseconds.
public struct Percentiles: Codable, Sendable, Hashable {
    public var count: Int
    public var p50: Double
    public var p90: Double
    public var p99: Double
    public var max: Double

    /// Nil without times.
    public init?(_ times: [Duration]) {
        guard !times.isEmpty else { return nil }
        let sorted = times.sorted()
        func at(_ share: Double) -> Double {
            let index = Int((Double(sorted.count) * share).rounded(.up)) - 1
            return Self.milliseconds(sorted[Swift.min(Swift.max(index, 0), sorted.count - 1)])
        }
        count = sorted.count
        p50 = at(0.5)
        p90 = at(0.9)
        p99 = at(0.99)
        max = at(1)
    }

    /// Rounded to a hundredth.
    static func milliseconds(_ duration: Duration) -> Double { (duration / .microseconds(10)).rounded() / 100 }
}

/// Measured times, the newest hundred thousand of them.
struct Times: Sendable {
    private static let limit = 100_000
    private(set) var values: [Duration] = []
    private var next = 0

    mutating func add(_ value: Duration) {
        if values.count < Self.limit {
            values.append(value)
        } else {
            values[next] = value
            next = (next + 1) % Self.limit
        }
    }
}
