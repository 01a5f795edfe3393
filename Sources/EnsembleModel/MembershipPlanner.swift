/// Plans the next change of a running ensemble's membership towards the list of the shared configuration
/// (contracts/exhibitor.md §13.2). Pure; asked again after every step.
///
/// Guarantees: every configuration it proposes has a majority of voters that serve now; a member that serves leaves only
/// when no joiner is awaited; a joiner that is not synced is never made a voter; the leader leaves last.
public struct MembershipPlanner: Sendable {
    public enum Step: Sendable, Hashable {
        /// The ensemble is what the list says.
        case none
        case reconfigure(joining: [Member], leaving: [Int])
        case wait(String)
    }

    public var live: Membership
    /// The list of the shared configuration, as members.
    public var wanted: [Member]
    /// Hosts whose servers serve now: members in the quorum, and joiners that are synced with the leader.
    public var serving: Set<String>
    public var leader: String

    public init(live: Membership, wanted: [Member], serving: Set<String>, leader: String) {
        self.live = live
        self.wanted = wanted
        self.serving = serving
        self.leader = leader
    }

    public var step: Step {
        guard !wanted.isEmpty else { return .none }
        if let objection = ServerList(wanted.map(\.spec)).objection { return .wait(objection) }
        let joiners = wanted.filter { wish in live.member(id: wish.id).map { $0.spec != wish.spec } ?? true }
        let leavers = live.members.filter { member in !wanted.contains { $0.id == member.id } }
        if joiners.isEmpty, leavers.isEmpty { return .none }

        // An id that passes to another host, a host that gets another id, or an observer that becomes a voter, has to leave
        // first: the leader counts only servers that are not listed as observers.
        let conflicts = joiners.compactMap { wish in
            live.members.first { member in
                member.id == wish.id
                    ? member.hostname != wish.hostname || (member.role == .observer && wish.role == .standard)
                    : member.hostname == wish.hostname
            }
        }
        var hindrance: Step?
        for member in conflicts {
            let step = propose(joining: [], leaving: [member.id])
            if case .reconfigure = step { return step }
            hindrance = hindrance ?? step
        }
        let ready = joiners.filter { wish in
            serving.contains(wish.hostname) && !conflicts.contains { $0.id == wish.id || $0.hostname == wish.hostname }
        }
        // Voters first: the last one cannot become an observer before another votes.
        for joiner in ready.filter({ $0.role == .standard }) + ready.filter({ $0.role == .observer }) {
            let replaced = leavers.filter { leaver in !conflicts.contains { $0.id == leaver.id } }
            if let leaver = preferred(replaced),
                case .reconfigure(let joining, let leaving) = propose(joining: [joiner], leaving: [leaver.id])
            {
                return .reconfigure(joining: joining, leaving: leaving)
            }
            if case .reconfigure(let joining, let leaving) = propose(joining: [joiner], leaving: []) {
                return .reconfigure(joining: joining, leaving: leaving)
            }
        }
        if let hindrance {
            // The dead may be what stands in the way.
            let dead = leavers.lazy.filter { !serving.contains($0.hostname) }.map { propose(joining: [], leaving: [$0.id]) }
            return dead.first { if case .reconfigure = $0 { true } else { false } } ?? hindrance
        }
        guard joiners.isEmpty else {
            return .wait("waiting for \(joiners.map(\.hostname).joined(separator: ", ")) to join")
        }
        guard let leaver = preferred(leavers) else { return .none }
        return propose(joining: [], leaving: [leaver.id])
    }

    /// The dead first, the leader last.
    private func preferred(_ leavers: [Member]) -> Member? {
        leavers.first { !serving.contains($0.hostname) } ?? leavers.first { $0.hostname != leader } ?? leavers.first
    }

    private func propose(joining: [Member], leaving: [Int]) -> Step {
        var members = live.members.filter { member in !leaving.contains(member.id) && !joining.contains { $0.id == member.id } }
        members += joining
        let result = Membership(members: members, version: live.version)
        guard !result.voters.isEmpty else { return .wait("the change would leave no voter") }
        let present = result.voters.filter { serving.contains($0.hostname) }.count
        guard present >= result.majority else {
            return .wait("only \(present) of the \(result.voters.count) voters after the change serve; \(result.majority) are needed")
        }
        return .reconfigure(joining: joining, leaving: leaving)
    }
}
