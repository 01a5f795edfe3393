/// Automatic instance management: makes the first list of servers, adds this host to it and drops dead members
/// (contracts/exhibitor.md §9). Pure; one round at a time.
///
/// Guarantees: at a known size the first list is written once, when that many hosts are there; a member counts as down
/// only after three rounds in a row; dead members are dropped only while a majority of the old voters serves; ids are
/// never used twice while their list lasts.
public struct InstanceManagement: Sendable {
    /// Rounds without a sign of life after which a member counts as down.
    public static let downRounds = 3

    /// What one round sees.
    public struct Observation: Sendable {
        public var configuration: InstanceConfiguration
        public var isRolling: Bool
        public var ourState: ServerState
        /// Every member of the list.
        public var states: [String: ServerState]
        public var hasLeader: Bool
        /// Hosts that announced themselves lately, ourselves included.
        public var candidates: [String]
        /// `ConfigurationCollection.highestID`: new ones are higher.
        public var highestID: Int

        public init(
            configuration: InstanceConfiguration, isRolling: Bool, ourState: ServerState, states: [String: ServerState],
            hasLeader: Bool, candidates: [String], highestID: Int = 0
        ) {
            self.configuration = configuration
            self.isRolling = isRolling
            self.ourState = ourState
            self.states = states
            self.hasLeader = hasLeader
            self.candidates = candidates
            self.highestID = highestID
        }
    }

    public enum Decision: Sendable, Hashable {
        case nothing
        /// Nothing yet; the reason is worth a line in the log when it changes.
        case wait(String)
        /// Take the lock, ask `proposal(for:)` again with what is stored then, and store it.
        case change
    }

    public let hostname: String
    private var silentRounds: [String: Int] = [:]
    private var lastStates: [String: ServerState]?
    private var lastCandidates: [String] = []
    private var lastChange: Duration?

    public init(hostname: String) {
        self.hostname = hostname
    }

    public mutating func round(_ observation: Observation, at now: Duration) -> Decision {
        let configuration = observation.configuration
        for host in configuration.servers.hostnames {
            silentRounds[host] = observation.states[host] == .down ? (silentRounds[host] ?? 0) + 1 : 0
        }
        silentRounds = silentRounds.filter { configuration.servers.server(named: $0.key) != nil }
        // Before there is a list, whoever comes and goes is the only change there is.
        let candidates = configuration.servers.isEmpty ? observation.candidates.sorted() : []
        if observation.states != lastStates || candidates != lastCandidates {
            lastStates = observation.states
            lastCandidates = candidates
            lastChange = now
        }
        guard configuration.autoManageInstances, !observation.isRolling else { return .nothing }

        let size = configuration.autoManageInstancesFixedEnsembleSize
        if configuration.servers.isEmpty {
            guard size == 0 || observation.candidates.count >= size else {
                return .wait("\(observation.candidates.count) of \(size) candidates for the ensemble are present")
            }
        } else if let reason = reasonToLeaveAlone(observation, size: size) {
            return reason
        }
        if !configuration.autoManageInstancesApplyAllAtOnce, !configuration.servers.isEmpty, !observation.hasLeader {
            return .wait("automatic instance management waits for a leader")
        }
        let settling = Duration.milliseconds(configuration.autoManageInstancesSettlingPeriodMs)
        guard now - (lastChange ?? now) >= settling else { return .wait("automatic instance management waits for the ensemble to settle") }
        return proposal(for: observation) == nil ? .nothing : .change
    }

    private func reasonToLeaveAlone(_ observation: Observation, size: Int) -> Decision? {
        let servers = observation.configuration.servers
        let isMember = servers.server(named: hostname) != nil
        let someAreDown = servers.hostnames.contains(where: isDown)
        guard size > 0 else { return !isMember || someAreDown ? nil : .nothing }
        if isMember { return .nothing }
        if servers.servers.count < size || someAreDown { return nil }
        return .wait("the ensemble has its configured size of \(size)")
    }

    /// We are there, whatever our server does.
    private func isDown(_ host: String) -> Bool { host != hostname && (silentRounds[host] ?? 0) >= Self.downRounds }

    /// The list that should be stored in place of the observed one; nil: none, or none that is safe.
    public func proposal(for observation: Observation) -> ServerList? {
        let old = observation.configuration.servers
        let size = observation.configuration.autoManageInstancesFixedEnsembleSize
        let threshold = observation.configuration.observerThreshold
        if old.isEmpty {
            let hosts = observation.candidates.sorted().prefix(size > 0 ? size : .max)
            guard size == 0 || hosts.count == size, !hosts.isEmpty else { return nil }
            return hosts.reduce(into: ServerList()) { Self.append($1, to: &$0, id: $0.servers.count + 1, threshold: threshold) }
        }
        var list = ServerList(old.servers.filter { !isDown($0.hostname) })
        if list.servers.count < old.servers.count {
            let voters = old.servers.filter { $0.role == .standard }
            let serving = voters.filter { observation.states[$0.hostname] == .serving }.count
            // Without a majority of them nobody knows what the dropped ones had agreed to.
            guard serving >= voters.count / 2 + 1 else { return nil }
        }
        if list.server(named: hostname) == nil {
            guard size == 0 || list.servers.count < size else { return nil }
            Self.append(hostname, to: &list, id: max(observation.highestID, old.servers.map(\.id).max() ?? 0) + 1, threshold: threshold)
        } else if size > 0 {
            return nil
        }
        return list == old || list.isEmpty ? nil : list
    }

    private static func append(_ host: String, to list: inout ServerList, id: Int, threshold: Int) {
        let standard = list.servers.filter { $0.role == .standard }.count
        let role: ServerSpec.Role = threshold > 0 && standard >= threshold ? .observer : .standard
        list.servers.append(ServerSpec(id: id, hostname: host, role: role))
    }
}
