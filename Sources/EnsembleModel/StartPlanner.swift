/// Decides which members a server is started with (contracts/exhibitor.md §9, §13.2). Pure.
///
/// The list in the shared configuration says who *shall* be a member; what the servers agreed on says who *is*. A server
/// that starts with members which the others do not agree on could elect a leader without them: two ensembles under one
/// name, or an empty one that overwrites a full one. Hence, in this order:
///
/// 1. Members imposed by the operator, while no quorum could agree, are taken as they are, once.
/// 2. Who is served by an ensemble joins it with *its* members; not being one of them, as an observer to be.
/// 3. A server with data goes on with the members it last knew, with the id it had then, whatever the list says: its vote
///    may be needed to change them. What ran alone becomes the first member of an ensemble once all others are known to be
///    empty.
/// 4. A voter whose disk is empty has forgotten what it agreed to: it votes again only after the others have made a
///    majority without it and filled its disk.
/// 5. An empty server starts with the whole list only when all others are empty too, as far as they can be asked, and no
///    ensemble was ever formed from the shared configuration.
public struct StartPlanner: Sendable {
    /// How long an empty server waits for those it cannot ask, once a majority is there.
    public static let formationPatience = Duration.seconds(10)

    /// Our host's name in the lists.
    public var hostname: String
    /// The list of the shared configuration, as members.
    public var wanted: [Member]
    /// The members that the operator imposed, while this host has not applied them; empty: none.
    public var imposed: [Member]
    /// An ensemble served under this shared configuration before (`ConfigurationCollection.isFormed`): somebody has data.
    public var isFormed: Bool
    /// What the files of our last server say.
    public var onDisk: Membership?
    /// Transactions are in our data directory, or snapshots of more than an empty tree.
    public var hasData: Bool
    /// Our last server ran alone, without being a member of anything.
    public var ranStandalone: Bool
    /// Our server was a member of an ensemble once.
    public var wasMember: Bool
    /// How many members automatic management waits for before it makes a list: 1 at an unknown size; 0: it is off.
    public var expectedSize: Int
    /// Answers of the others: those in the list, in `imposed`, in `onDisk`, and in the memberships that these report; nil:
    /// no answer.
    public var peers: [String: PeerReport?]
    /// Since the first attempt to start.
    public var waited: Duration

    public init(
        hostname: String, wanted: [Member], imposed: [Member] = [], isFormed: Bool = false, onDisk: Membership? = nil,
        hasData: Bool = false, ranStandalone: Bool = false, wasMember: Bool = false, expectedSize: Int = 0,
        peers: [String: PeerReport?] = [:], waited: Duration = .zero
    ) {
        self.hostname = hostname
        self.wanted = wanted
        self.imposed = imposed
        self.isFormed = isFormed
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
        if let plan = impositionPlan { return plan }
        guard let ours = wanted.first(where: { $0.hostname == hostname }) else { return withoutPlace }
        if let live = servingMembership { return join(live, as: ours) }
        if isSuperseded { return .wait("an operator imposed members: they have to serve before this host joins them") }
        // A server that ran alone for this ensemble founds it, also when nobody has written to it yet.
        if ranStandalone, hasData || isFormed { return goOnAlone(as: ours) }
        if hasData { return goOn(as: ours) }
        return form(as: ours)
    }

    // MARK: - Without a place in a list

    private var withoutList: StartPlan {
        if wasMember {
            return .wait("no server list is known, and this host was a member of an ensemble: alone it would be a second one")
        }
        if expectedSize > 0 { return .wait("waiting for a server list of \(expectedSize) members") }
        return .standalone
    }

    /// The list leaves us out. The ensemble may need our vote to agree to that.
    private var withoutPlace: StartPlan {
        let reason = "this host (\(hostname)) is not in the server list"
        guard hasData, let onDisk, onDisk.member(named: hostname)?.role == .standard, servingMembership == nil else { return .wait(reason) }
        let newest = (reports.compactMap(\.membership) + [onDisk]).max { $0.version < $1.version }
        return newest?.member(named: hostname) == nil ? .wait(reason) : .keep
    }

    /// What we last knew about the members holds no longer; unless one of those imposed knows the same, from whom our server
    /// has it.
    private var isSuperseded: Bool {
        guard !imposed.isEmpty, isFormed || !imposed.contains(where: { $0.hostname == hostname }) else { return false }
        guard let onDisk, onDisk.member(named: hostname) != nil else { return true }
        return !imposed.contains { (peers[$0.hostname] ?? nil)?.membership == onDisk }
    }

    /// Until an ensemble serves with them, and only those with data, which are sure to go on with the data that is left. Who
    /// comes later, or with a new disk, joins.
    private var impositionPlan: StartPlan? {
        guard !isFormed, imposed.contains(where: { $0.hostname == hostname }) else { return nil }
        let others = imposed.filter { $0.hostname != hostname }
        guard hasData || others.allSatisfy({ (peers[$0.hostname] ?? nil)?.hasData == false }) else { return nil }
        // Servers take over the newest membership they hear of, also from one that has not yet applied this.
        let newest = (reports.compactMap(\.membership) + [onDisk].compactMap { $0 }).map(\.version).max() ?? 0
        return .imposed(Membership(members: imposed, version: newest + 1))
    }

    // MARK: - Joining

    private var reports: [PeerReport] { peers.values.compactMap { $0 } }

    /// The newest membership among those of servers that are in a quorum now.
    private var servingMembership: Membership? {
        reports.filter { $0.state == .serving }.compactMap(\.membership).max { $0.version < $1.version }
    }

    private func join(_ live: Membership, as ours: Member) -> StartPlan {
        if let taken = live.member(id: ours.id), taken.hostname != hostname {
            return .wait("id \(ours.id) still belongs to \(taken.hostname) in the running ensemble")
        }
        if let other = live.member(named: hostname), other.id != ours.id {
            return .wait("this host is still member \(other.id) of the running ensemble, not \(ours.id)")
        }
        guard let member = live.member(id: ours.id) else {
            // Named as an observer so that joiners cannot make a quorum among themselves; the leader gives the real role.
            var joiner = ours
            joiner.role = .observer
            let members = live.members + [joiner]
            return ranStandalone && hasData ? .membersWithoutOurData(members) : .members(members)
        }
        let isEmpty = !hasData || ranStandalone
        if isEmpty, member.role == .standard, !areMajorityWithoutUs(in: live) {
            return .wait("the disk is empty: a majority of the other members has to serve before this host may vote again")
        }
        if !isEmpty, !isSuperseded, let onDisk, onDisk.version >= live.version, onDisk.member(id: ours.id) != nil { return .keep }
        return isEmpty && hasData ? .membersWithoutOurData(live.members) : .members(live.members)
    }

    /// Whatever was acknowledged is known to those who serve. Of two, the other one has it.
    private func areMajorityWithoutUs(in live: Membership) -> Bool {
        let others = live.voters.filter { $0.hostname != hostname }.compactMap { peers[$0.hostname] ?? nil }
        if live.voters.count == 2 { return others.first?.hasData == true }
        return others.filter { $0.state == .serving && $0.membership?.version == live.version }.count >= live.majority
    }

    // MARK: - While nobody serves

    private func goOn(as ours: Member) -> StartPlan {
        // Data without a word about its members: of a server that was not started by us.
        guard let onDisk else { return .members(wanted) }
        guard onDisk.member(named: hostname) != nil else {
            // Started once as a joiner and not admitted since.
            return join(onDisk, as: ours)
        }
        let isSameList = onDisk.servers == ServerList(wanted.map(\.spec))
        let haveSamePorts = onDisk.members.allSatisfy { member in
            wanted.contains { $0.id == member.id && $0.connectPort == member.connectPort && $0.electionPort == member.electionPort }
        }
        return isSameList && !haveSamePorts ? .members(wanted) : .keep
    }

    /// The others must join us, not overwrite us; unless they have data of their own.
    private func goOnAlone(as ours: Member) -> StartPlan {
        if wanted.count == 1 { return .standalone }
        for other in wanted where other.hostname != hostname {
            guard let report = peers[other.hostname] ?? nil else {
                return .wait("whether \(other.hostname) is empty has to be known before it joins this server, which ran alone")
            }
            if report.hasData {
                return .wait("\(other.hostname) and this host have data of their own: move away the data of the one that shall join")
            }
        }
        // An ensemble needs a voter; the leader gives the real role once there are others.
        var first = ours
        first.role = .standard
        return .members([first])
    }

    private func form(as ours: Member) -> StartPlan {
        // Started like this before, and has taken part in nothing since: what was right then still is.
        if let onDisk, onDisk.version == 0, onDisk.servers == ServerList(wanted.map(\.spec)) { return .keep }
        let others = wanted.filter { $0.hostname != hostname }
        let answers = others.compactMap { member in (peers[member.hostname] ?? nil).map { (member, $0) } }
        if let newest = reports.filter(\.hasData).compactMap(\.membership).max(by: { $0.version < $1.version }) {
            return join(newest, as: ours)
        }
        if let holder = answers.first(where: { $0.1.hasData }) {
            return .wait("\(holder.0.hostname) holds the data of a server that ran alone: it must serve as an ensemble first")
        }
        if isFormed { return .wait("the disk is empty, and nobody who holds the data of this ensemble answers") }
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
