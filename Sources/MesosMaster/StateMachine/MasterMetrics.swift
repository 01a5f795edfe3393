/// The counters of `/metrics/snapshot`; they start from 0 with the process (contracts/mesos.md §5).
struct MasterMetrics: Sendable {
    private(set) var counters: [String: Int] = [:]

    mutating func count(_ name: String, by amount: Int = 1) { counters[name, default: 0] += amount }

    subscript(name: String) -> Int { counters[name] ?? 0 }
}
