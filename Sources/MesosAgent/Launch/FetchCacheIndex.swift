/// Which files the fetcher's cache holds and which must go for a new one (contracts/mesos.md §15.5). Decides only: files
/// are made and removed by `FetchCache`.
struct FetchCacheIndex: Sendable {
    /// One user's copy of what a URI named when it was fetched.
    struct Key: Sendable, Hashable {
        var user: UInt32
        var uri: String
    }

    struct Entry: Sendable, Hashable {
        /// Name of the file in the cache's directory.
        var name: String
        /// Bytes reserved while it is fetched, its size afterwards.
        var size: Int
        /// Sandboxes that are being filled from it; above 0 it stays.
        var users: Int
        var isComplete: Bool
        fileprivate var lastUse: Int
    }

    enum Claim: Sendable, Hashable {
        /// In the cache. Give it back with `release`.
        case ready(name: String)
        /// Somebody is fetching it.
        case wait
        /// The caller is to fetch it into this file and to say `complete` or `abandon`. The files of `evicted` go first.
        case fetch(name: String, evicted: [String])
        /// It does not fit: fetch it without the cache.
        case bypass
    }

    /// Bytes.
    let capacity: Int
    private(set) var entries: [Key: Entry] = [:]
    private var clock = 0
    private var nextName = 0

    init(capacity: Int) { self.capacity = capacity }

    /// Bytes of all entries.
    var size: Int { entries.values.reduce(0) { $0 + $1.size } }

    /// - size: bytes, nil when unknown: such a file is not cached.
    mutating func claim(_ key: Key, size: Int?) -> Claim {
        if let entry = entries[key] {
            guard entry.isComplete else { return .wait }
            clock += 1
            entries[key]?.users += 1
            entries[key]?.lastUse = clock
            return .ready(name: entry.name)
        }
        guard let size, size >= 0, let evicted = makeRoom(for: size) else { return .bypass }
        clock += 1
        nextName += 1
        let name = "c\(nextName)"
        entries[key] = Entry(name: name, size: size, users: 1, isComplete: false, lastUse: clock)
        return .fetch(name: name, evicted: evicted)
    }

    /// The file is there; the caller goes on using it.
    /// - Returns: files to remove.
    mutating func complete(_ key: Key, size: Int) -> [String] {
        guard var entry = entries[key], !entry.isComplete else { return [] }
        entry.isComplete = true
        entry.size = size
        entries[key] = entry
        return trim()
    }

    /// The fetch came to nothing.
    /// - Returns: files to remove.
    mutating func abandon(_ key: Key) -> [String] {
        guard let entry = entries[key], !entry.isComplete else { return [] }
        entries[key] = nil
        return [entry.name]
    }

    /// - Returns: files to remove.
    mutating func release(_ key: Key) -> [String] {
        guard let users = entries[key]?.users, users > 0 else { return [] }
        entries[key]?.users = users - 1
        return trim()
    }

    /// Least recently used first; nil when even without all idle entries there is not enough room, which removes none.
    private mutating func makeRoom(for size: Int) -> [String]? {
        let idle = entries.filter { $0.value.isComplete && $0.value.users == 0 }.sorted { $0.value.lastUse < $1.value.lastUse }
        var total = self.size
        var victims: [(key: Key, name: String)] = []
        for (key, entry) in idle where total + size > capacity {
            total -= entry.size
            victims.append((key, entry.name))
        }
        guard total + size <= capacity else { return nil }
        for victim in victims { entries[victim.key] = nil }
        return victims.map(\.name)
    }

    /// A server may send more than it announced.
    private mutating func trim() -> [String] {
        guard size > capacity else { return [] }
        var removed: [String] = []
        let idle = entries.filter { $0.value.isComplete && $0.value.users == 0 }.sorted { $0.value.lastUse < $1.value.lastUse }
        for (key, entry) in idle where size > capacity {
            entries[key] = nil
            removed.append(entry.name)
        }
        return removed
    }
}
