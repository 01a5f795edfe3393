/// The few znodes with the largest values of many; of equals those whose paths come first.
struct TopList: Sendable {
    struct Entry: Sendable, Equatable {
        let path: String
        let value: Int64
    }

    private let limit: Int
    /// Longer than the limit between cuts.
    private var entries: [Entry] = []
    /// Smaller values do not matter any more.
    private var floor = Int64.min

    init(limit: Int) { self.limit = limit }

    mutating func insert(_ path: String, value: Int64) {
        guard value >= floor else { return }
        entries.append(Entry(path: path, value: value))
        if entries.count >= limit * 4 { cut() }
    }

    private mutating func cut() {
        entries.sort { $0.value == $1.value ? ByteOrder.precedes($0.path, $1.path) : $0.value > $1.value }
        guard entries.count >= limit else { return }
        entries.removeLast(entries.count - limit)
        floor = entries.last?.value ?? .min
    }

    /// The largest first.
    var largest: [Entry] {
        var copy = self
        copy.cut()
        return copy.entries
    }
}
