/// Where the keys of a pseudo lock are: a directory of a shared file system, a bucket.
protocol LockDirectory: Sendable {
    /// Makes a key that is not there yet; visible to every later `list`.
    func create(_ name: String, content: String) async throws
    /// The keys whose names begin with one of the prefixes, in no order.
    func list(prefixes: [String]) async throws -> [LockKey]
    /// A key that is not there is fine.
    func delete(_ name: String) async throws
}

/// A key of a pseudo lock as a listing shows it.
struct LockKey: Sendable, Hashable {
    var name: String
    /// Since it was made, by the clock of whatever holds it (never that of a contender).
    var age: Duration
}
