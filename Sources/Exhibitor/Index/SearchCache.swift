/// The hits of searches, by handle, until nobody has asked for them for a while (contracts/exhibitor.md §6).
struct SearchCache: Sendable {
    private struct Entry {
        var index: String
        var hits: [Int]
        var lastUse: ContinuousClock.Instant
    }

    static let lifetime = Duration.seconds(300)
    /// Searches of 5000 hits each take 40 KB; the one that was not used for the longest time goes first.
    static let capacity = 64

    private var entries: [String: Entry] = [:]

    /// - handle: of an earlier search of the same index, whose place this one takes; nil, or an unknown one: a new handle.
    mutating func insert(
        _ hits: [Int], index: String, reusing handle: String? = nil, at now: ContinuousClock.Instant,
        using generator: inout some RandomNumberGenerator
    ) -> String {
        expire(at: now)
        let reused = handle.flatMap { entries[$0]?.index == index ? $0 : nil }
        let id = reused ?? Self.newHandle(using: &generator)
        if entries[id] == nil, entries.count >= Self.capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
        }
        entries[id] = Entry(index: index, hits: hits, lastUse: now)
        return id
    }

    /// - Returns: nil when the handle is unknown, has expired, or belongs to another index.
    mutating func hits(_ handle: String, index: String, at now: ContinuousClock.Instant) -> [Int]? {
        expire(at: now)
        guard let entry = entries[handle], entry.index == index else { return nil }
        entries[handle]?.lastUse = now
        return entry.hits
    }

    mutating func release(_ handle: String, index: String) {
        if entries[handle]?.index == index { entries[handle] = nil }
    }

    /// Whether somebody may still look at hits in this index.
    mutating func uses(_ index: String, at now: ContinuousClock.Instant) -> Bool {
        expire(at: now)
        return entries.values.contains { $0.index == index }
    }

    private mutating func expire(at now: ContinuousClock.Instant) {
        entries = entries.filter { now - $0.value.lastUse < Self.lifetime }
    }

    private static func newHandle(using generator: inout some RandomNumberGenerator) -> String {
        (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
