public import EnsembleModel

/// Where the shared configuration of an ensemble lives (contracts/exhibitor.md §7.4, §7.5).
///
/// Guarantee: `store` replaces exactly the content whose version the caller read, or changes nothing. A failure to reach
/// the store throws; it is never reported as an absent configuration.
public protocol ConfigurationStore: Sendable {
    /// In words for the log and the page: `file /shared/exhibitor.properties`.
    var summary: String { get }
    /// What the store is good for.
    var traits: ConfigurationStoreTraits { get }

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

/// A lock of a `ConfigurationStore`.
public protocol ConfigurationLock: Sendable {
    func release() async
}
