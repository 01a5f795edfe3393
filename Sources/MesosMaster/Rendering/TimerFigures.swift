/// What a timer measured: the last values in milliseconds, with their statistics (contracts/mesos.md §5).
struct TimerFigures: Sendable, Hashable {
    /// Values that are remembered.
    private static let window = 1000

    private var values: [Double] = []
    private var next = 0
    private(set) var count = 0
    private(set) var last: Double = 0

    mutating func record(_ milliseconds: Double) {
        last = milliseconds
        count += 1
        if values.count < Self.window {
            values.append(milliseconds)
        } else {
            values[next] = milliseconds
            next = (next + 1) % Self.window
        }
    }

    /// `min`, `max` and the percentiles, 0 before the first value.
    var statistics: [(name: String, value: Double)] {
        let sorted = values.sorted()
        func at(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let position = share * Double(sorted.count - 1)
            let low = Int(position)
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (sorted[high] - sorted[low]) * (position - Double(low))
        }
        return [
            ("min", at(0)), ("max", at(1)), ("p50", at(0.5)), ("p90", at(0.9)), ("p95", at(0.95)), ("p99", at(0.99)), ("p999", at(0.999)),
            ("p9999", at(0.9999)),
        ]
    }
}

/// The timers of a master.
struct MasterTimers: Sendable, Hashable {
    enum Name: Sendable, Hashable { case allocationRun, registryStore, registryFetch }

    private var figures: [Name: TimerFigures] = [:]

    subscript(name: Name) -> TimerFigures { figures[name] ?? TimerFigures() }

    mutating func record(_ name: Name, milliseconds: Double) { figures[name, default: TimerFigures()].record(milliseconds) }

    mutating func record(_ name: Name, since start: ContinuousClock.Instant) {
        let elapsed = start.duration(to: .now).components
        record(name, milliseconds: Double(elapsed.seconds) * 1000 + Double(elapsed.attoseconds) / 1e15)
    }
}
