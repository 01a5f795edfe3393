/// Decides which members a server is started with (contracts/exhibitor.md §9, §13.2). Pure.
///
/// The list in the shared configuration says who *shall* be a member; what the servers agreed on says who *is*. A server
/// that starts with members which the others do not agree on could elect a leader without them: two ensembles under one
/// name, or an empty one that overwrites a full one. Hence, in this order:
///
/// 1. Members imposed by the operator, while no quorum could agree, are taken as they are, once.
/// 2. Who is served by an ensemble joins it with *its* members; not being one of them, as an observer to be.
/// 3. A server with data goes on with the members it last knew.
/// 4. An empty server starts with the whole list only when all others are empty too, as far as they can be asked.
public struct StartPlanner: Sendable {
    /// How long an empty server waits for those it cannot ask, once a majority is there.
    public static let formationPatience = Duration.seconds(10)

    /// Our host's name in the lists.
    public var hostname: String
    /// The list of the shared configuration, as members.
    public var wanted: [Member]
    /// The operator imposed `wanted`, and this host has not applied it yet.
    public var isImposed: Bool
    /// What the files of our last server say.
    public var onDisk: Membership?
    public var hasData: Bool
    /// Our last server ran alone, without being a member of anything.
    public var ranStandalone: Bool
    /// Our server was a member of an ensemble once.
    public var wasMember: Bool
    /// How many members automatic management waits for before it makes a list; 0: none is awaited.
    public var expectedSize: Int
    /// Answers of the others; nil: no answer.
    public var peers: [String: PeerReport?]
    /// Since the first attempt to start.
    public var waited: Duration

    public init(
        hostname: String, wanted: [Member], isImposed: Bool = false, onDisk: Membership? = nil, hasData: Bool = false,
        ranStandalone: Bool = false, wasMember: Bool = false, expectedSize: Int = 0, peers: [String: PeerReport?] = [:],
        waited: Duration = .zero
    ) {
        self.hostname = hostname
        self.wanted = wanted
        self.isImposed = isImposed
        self.onDisk = onDisk
        self.hasData = hasData
        self.ranStandalone = ranStandalone
        self.wasMember = wasMember
        self.expectedSize = expectedSize
        self.peers = peers
        self.waited = waited
    }

    public var plan: StartPlan {
        guard !wanted.isEmpty else { return withoutList }
        guard let ours = wanted.first(where: { $0.hostname == hostname }) else {
            return .wait("this host (\(hostname)) is not in the server list")
        }
        if isImposed { return .members(wanted) }
        if let live = servingMembership { return join(live, as: ours) }
        if hasData { return goOn(as: ours) }
        return form(as: ours)
    }

    private var withoutList: StartPlan {
        if wasMember {
            return .wait("no server list is known, and this host was a member of an ensemble: alone it would be a second one")
        }
        if expectedSize > 1 { return .wait("waiting for a server list of \(expectedSize) members") }
        return .standalone
    }

    /// The newest membership among those of servers that are in a quorum now.
    private var servingMembership: Membership? {
        peers.values.compactMap { $0 }.filter { $0.state == .serving }.compactMap(\.membership).max { $0.version < $1.version }
    }

    private func join(_ live: Membership, as ours: Member) -> StartPlan {
        if let taken = live.member(id: ours.id), taken.hostname != hostname {
            return .wait("id \(ours.id) still belongs to \(taken.hostname) in the running ensemble")
        }
        if let other = live.member(named: hostname), other.id != ours.id {
            return .wait("this host is still member \(other.id) of the running ensemble, not \(ours.id)")
        }
        if live.member(id: ours.id) != nil {
            if let onDisk, onDisk.version >= live.version, onDisk.member(id: ours.id) != nil { return .keep }
            return .members(live.members)
        }
        // Named as an observer so that joiners cannot make a quorum among themselves; the leader gives the real role.
        var joiner = ours
        joiner.role = .observer
        return .members(live.members + [joiner])
    }

    private func goOn(as ours: Member) -> StartPlan {
        if let onDisk {
            guard onDisk.member(id: ours.id)?.hostname == hostname else {
                // Started once as a joiner and not admitted since.
                return join(onDisk, as: ours)
            }
            let isSameList = onDisk.servers == ServerList(wanted.map(\.spec))
            let haveSamePorts = onDisk.members.allSatisfy { member in
                wanted.contains { $0.id == member.id && $0.connectPort == member.connectPort && $0.electionPort == member.electionPort }
            }
            return isSameList && !haveSamePorts ? .members(wanted) : .keep
        }
        if wanted.count == 1 { return .standalone }
        // The data of a server that ran alone: the others must join it, not overwrite it.
        return ranStandalone ? .members([ours]) : .members(wanted)
    }

    private func form(as ours: Member) -> StartPlan {
        let others = wanted.filter { $0.hostname != hostname }
        let answers = others.compactMap { member in (peers[member.hostname] ?? nil).map { (member, $0) } }
        if let holder = answers.first(where: { $0.1.hasData }) {
            guard let membership = holder.1.membership else {
                return .wait("\(holder.0.hostname) holds the data of a server that ran alone: it must serve as an ensemble first")
            }
            return join(membership, as: ours)
        }
        if others.isEmpty { return .standalone }
        if answers.count == others.count { return .members(wanted) }
        let voters = wanted.filter { $0.role == .standard }
        let known = voters.filter { voter in voter.hostname == hostname || answers.contains { $0.0.id == voter.id } }
        let missing = others.filter { peers[$0.hostname] ?? nil == nil }.map(\.hostname).joined(separator: ", ")
        guard known.count >= voters.count / 2 + 1, waited >= Self.formationPatience else {
            return .wait("the first start of an ensemble needs to know that its members are empty; no answer from \(missing)")
        }
        return .members(wanted)
    }
}
