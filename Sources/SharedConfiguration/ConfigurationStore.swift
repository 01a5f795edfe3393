/// Where the shared configuration of an ensemble lives (contracts/exhibitor.md §7.4, §7.5).
///
/// Guarantee: `store` replaces exactly the content whose version the caller read, or changes nothing. A failure to reach
/// the store throws; it is never reported as an absent configuration.
public protocol ConfigurationStore: Sendable {
    /// In words for the log and the page: `file /shared/exhibitor.properties`.
    var summary: String { get }
    /// What the store is good for.
    var traits: ConfigurationStoreTraits { get }

    /// What the store needs done in the background (a session, a connection pool); returns when the task is cancelled.
    /// The other calls of a store work only while this runs.
    func run() async throws

    /// What is stored; `text` is nil while nothing is.
    func load() async throws -> StoredConfiguration

    /// Replaces the content if its version is still `version`.
    /// - Returns: what is stored now, or nil when somebody else was faster.
    func store(_ text: String, replacing version: String) async throws -> StoredConfiguration?

    /// The lock for whoever derives a new configuration from the old one.
    /// - wait: how long to try.
    /// - Returns: nil when it could not be had in time. The holder must `release()` it.
    func lock(owner hostname: String, wait: Duration) async throws -> (any ConfigurationLock)?

    /// Makes known that a host wants to be a member; repeated every few seconds.
    func announce(_ hostname: String) async throws

    /// The hosts that announced themselves within `age`, sorted.
    func candidates(within age: Duration) async throws -> [String]
}

extension ConfigurationStore {
    /// Nothing to do in the background.
    public func run() async throws {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }
}

/// A lock of a `ConfigurationStore`.
public protocol ConfigurationLock: Sendable {
    func release() async
}
