/// Advances a rolling release from one instance's point of view (contracts/exhibitor.md §10). Pure.
///
/// Every instance runs one of these. The host whose turn it is advances the release once its server serves with the
/// target; when that host cannot be reached at all, any other passes it by, so that no release hangs on a dead host.
/// All of them write by compare-and-swap, so two that advance at once do no harm.
public struct RollingRelease: Sendable {
    /// Checks without an answer after which a host is passed by.
    public static let attempts = 4
    /// How many times as long as for a failing server the release waits for one that must not be restarted now.
    public static let heldBackPatience = 4

    /// What an instance sees at one check.
    public struct Observation: Sendable {
        /// Our server's state.
        public var state: ServerState
        /// Our server runs with what the collection says for this host.
        public var runsOurConfiguration: Bool
        /// Whether the host whose turn it is, and the one after it, answer; true when they are us.
        public var currentIsReachable: Bool
        public var nextIsReachable: Bool

        public init(state: ServerState, runsOurConfiguration: Bool, currentIsReachable: Bool = true, nextIsReachable: Bool = true) {
            self.state = state
            self.runsOurConfiguration = runsOurConfiguration
            self.currentIsReachable = currentIsReachable
            self.nextIsReachable = nextIsReachable
        }
    }

    public enum Action: Sendable, Hashable {
        /// Store the same release with this index.
        case advance(to: Int)
        /// Store the target as the single configuration.
        case finish
        /// Store the current configuration alone.
        case rollBack(reason: String)
    }

    public let hostname: String
    private var hosts: [String] = []
    private var index = -1
    private var silentChecks = 0
    private var failingSince: Duration?
    private var heldBackSince: Duration?

    public init(hostname: String) {
        self.hostname = hostname
    }

    /// The order in which hosts change over: only in the new list, then in both, each sorted; the leader last.
    public static func order(from current: ServerList, to target: ServerList, leader: String?) -> [String] {
        let old = Set(current.hostnames)
        let joining = target.hostnames.filter { !old.contains($0) }.sorted()
        let staying = target.hostnames.filter { old.contains($0) && $0 != leader }.sorted()
        let last = leader.flatMap { leader in target.hostnames.contains(leader) && old.contains(leader) ? leader : nil }
        return joining + staying + (last.map { [$0] } ?? [])
    }

    /// - Parameters:
    ///   - release: nil when nothing rolls.
    ///   - patience: how long our server may fail to serve with the target before the release is rolled back.
    public mutating func check(
        _ release: ConfigurationCollection.Release?, _ observation: Observation, patience: Duration, at now: Duration
    ) -> Action? {
        guard let release, !release.hosts.isEmpty else {
            forget()
            return nil
        }
        guard release.index < release.hosts.count else { return .finish }
        if release.hosts != hosts || release.index != index {
            forget()
            hosts = release.hosts
            index = release.index
        }
        guard release.hosts[index] == hostname else {
            silentChecks = observation.currentIsReachable ? 0 : silentChecks + 1
            return silentChecks >= Self.attempts ? step(in: release, by: 1) : nil
        }
        guard observation.runsOurConfiguration, observation.state == .serving else {
            return ourFailure(observation, patience: patience, at: now)
        }
        failingSince = nil
        heldBackSince = nil
        guard index + 1 < release.hosts.count, !observation.nextIsReachable else {
            silentChecks = 0
            return step(in: release, by: 1)
        }
        silentChecks += 1
        return silentChecks >= Self.attempts ? step(in: release, by: 2) : nil
    }

    private mutating func ourFailure(_ observation: Observation, patience: Duration, at now: Duration) -> Action? {
        // It serves with what it had and is held back on purpose (the quorum would be lost, or restarts are switched off): no
        // failure of the release. A server that does not even start is one.
        guard observation.runsOurConfiguration || observation.state != .serving else {
            failingSince = nil
            let since = heldBackSince ?? now
            heldBackSince = since
            guard now - since >= patience * Self.heldBackPatience else { return nil }
            return .rollBack(reason: "\(hostname) could not be restarted with the new configuration: no majority would be left")
        }
        heldBackSince = nil
        let since = failingSince ?? now
        failingSince = since
        guard now - since >= patience else { return nil }
        return .rollBack(reason: "\(hostname) is \(observation.state.description) with the new configuration")
    }

    private func step(in release: ConfigurationCollection.Release, by count: Int) -> Action {
        index + count < release.hosts.count ? .advance(to: index + count) : .finish
    }

    private mutating func forget() {
        hosts = []
        index = -1
        silentChecks = 0
        failingSince = nil
        heldBackSince = nil
    }
}
