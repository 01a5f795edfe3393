import EnsembleModel

/// What ZooKeeper's servers do among themselves.
extension SimulatedEnsemble {
    mutating func protocolStep(_ host: Int) throws {
        guard let server = hosts[host].server, !server.isBroken else { return }
        switch server.role {
        case .standalone: return
        case .looking:
            exchangeMemberships(host)
            if random.chance(50) { followLeader(host) }
            if hosts[host].server?.role == .looking { try elect(by: host) }
        case .leading:
            guard hasQuorum(host) else { return lookAgain(host, "lost its quorum") }
            catchUp(followersOf: host)
            commitPending(host)
        case .following(let leader):
            guard isFollowing(host, leader) else { return lookAgain(host, "lost its leader") }
            catchUp(host, with: leader)
        }
    }

    mutating func lookAgain(_ host: Int, _ reason: String) {
        guard hosts[host].server != nil else { return }
        note("\(hosts[host].name) \(reason)")
        hosts[host].server?.role = .looking
        hosts[host].server?.isUpToDate = false
        hosts[host].server?.unhealthySince = now
    }

    // MARK: - Who stands behind whom

    func isFollowing(_ host: Int, _ leader: Int) -> Bool {
        guard let server = hosts[host].server, let leading = hosts[leader].server, leading.role == .leading else { return false }
        return server.role == .following(leader) && server.epoch == leading.epoch && reach(host, leader)
    }

    /// Ids of the leader and of those that follow it.
    func supporters(of leader: Int) -> Set<Int> {
        var ids: Set<Int> = []
        for host in hosts.indices {
            guard let server = hosts[host].server, host == leader || isFollowing(host, leader) else { continue }
            ids.insert(server.id)
        }
        return ids
    }

    func makeQuorum(_ ids: Set<Int>, in views: [Membership]) -> Bool {
        !views.isEmpty && views.allSatisfy { view in view.voters.count { ids.contains($0.id) } >= view.majority }
    }

    func hasQuorum(_ leader: Int) -> Bool {
        guard let membership = hosts[leader].disk.membership else { return false }
        return makeQuorum(supporters(of: leader), in: [membership])
    }

    // MARK: - Elections

    /// A server that looks for a leader takes over a newer membership from whoever answers it.
    private mutating func exchangeMemberships(_ host: Int) {
        guard let view = hosts[host].disk.membership, let server = hosts[host].server else { return }
        for other in hosts.indices where other != host && reach(host, other) {
            guard let peer = hosts[other].server, let theirs = hosts[other].disk.membership else { continue }
            let asks = view.member(named: hosts[other].name) != nil
            let isTold = peer.role == .looking && theirs.member(named: hosts[host].name)?.id == server.id
            guard asks || isTold, random.chance(80) else { continue }
            hosts[host].disk.adopt(theirs)
        }
    }

    private func mayVote(_ host: Int) -> Bool {
        guard let server = hosts[host].server, server.role == .looking, !server.isBroken else { return false }
        return hosts[host].disk.views.contains { $0.member(id: server.id)?.role == .standard }
    }

    private func credentials(_ host: Int) -> (UInt64, UInt64, Int) {
        let disk = hosts[host].disk
        return (disk.currentEpoch, disk.lastTransaction, hosts[host].server?.id ?? 0)
    }

    mutating func elect(by host: Int) throws {
        guard hosts[host].disk.membership != nil else { return }
        var electors = hosts.indices.filter { other in
            guard let server = hosts[other].server, server.role == .looking, !server.isBroken, reach(host, other) else { return false }
            return other == host || random.chance(85)
        }
        guard let newest = electors.compactMap({ hosts[$0].disk.membership }).max(by: { $0.version < $1.version }) else { return }
        electors = electors.filter { other in
            // Those that know of each other at all.
            let names = hosts[other].disk.views.flatMap(\.members).map(\.hostname)
            return other == host || names.contains(hosts[host].name)
                || hosts[host].disk.views.contains { $0.member(named: hosts[other].name) != nil }
        }
        for other in electors { hosts[other].disk.adopt(newest) }
        electors = electors.filter(mayVote)
        guard let leader = electors.max(by: { credentials($0) < credentials($1) }) else { return }
        // Each counts by its own view, again until nobody drops out.
        while true {
            let ids = Set(electors.compactMap { hosts[$0].server?.id })
            let agreeing = electors.filter { other in
                reach(other, leader) && makeQuorum(ids, in: hosts[other].disk.views)
                    && hosts[other].disk.membership?.member(id: hosts[leader].server?.id ?? -1)?.role == .standard
            }
            if agreeing.count == electors.count { break }
            electors = agreeing
        }
        guard electors.contains(leader), let membership = hosts[leader].disk.membership else { return }
        statistics.elections += 1
        let epoch = (electors.map { hosts[$0].disk.acceptedEpoch }.max() ?? 0) + 1
        for other in electors { hosts[other].disk.acceptedEpoch = epoch }
        note("\(hosts[leader].name) is elected by \(electors.map { hosts[$0].name }) in epoch \(epoch), members \(membership.servers)")
        if !faultsAreOver, random.chance(10) {
            // It falters while it brings the others up to date.
            for other in electors where other != leader && random.chance(50) { copyHistory(from: leader, to: other, epoch: epoch) }
            note("\(hosts[leader].name) gave up")
            return
        }
        for other in electors {
            hosts[other].server?.role = other == leader ? .leading : .following(leader)
            hosts[other].server?.epoch = epoch
            hosts[other].server?.isUpToDate = false
            if other != leader { copyHistory(from: leader, to: other, epoch: epoch) }
        }
        try establish(leader, epoch: epoch)
    }

    private mutating func copyHistory(from leader: Int, to host: Int, epoch: UInt64) {
        hosts[host].disk.history = hosts[leader].disk.history
        hosts[host].disk.currentEpoch = epoch
        hosts[host].disk.hasData = true
        let newest = hosts[leader].disk.next ?? hosts[leader].disk.membership
        if let newest, newest.version > (hosts[host].disk.membership?.version ?? 0) {
            hosts[host].disk.next = newest
        } else {
            hosts[host].disk.next = nil
        }
    }

    /// The quorum is synced: what the leader has is agreed on.
    private mutating func establish(_ leader: Int, epoch: UInt64) throws {
        hosts[leader].disk.currentEpoch = epoch
        hosts[leader].disk.hasData = true
        hosts[leader].server?.isUpToDate = true
        if var membership = hosts[leader].disk.membership, membership.version == 0, hosts[leader].disk.next == nil {
            // A written list gets a version once a quorum stands behind it.
            membership.version = epoch << 32
            hosts[leader].disk.membership = membership
        }
        if let next = hosts[leader].disk.next { hosts[leader].disk.adopt(next) }
        agreed(on: hosts[leader].disk.membership)
        try checkHistory(of: leader)
        // Whatever was lost, from here on there is something to lose again.
        if let newestMembership, intactVoters.count > newestMembership.voters.count - newestMembership.majority { isLossExcused = false }
        catchUp(followersOf: leader)
        stepDownWithoutVote(leader)
    }

    mutating func agreed(on membership: Membership?) {
        guard let membership, membership.version > (newestMembership?.version ?? 0) else { return }
        newestMembership = membership
        judgeDisks()
    }

    func checkHistory(of host: Int) throws {
        guard !isLossExcused, !acknowledged.isEmpty else { return }
        let lost = acknowledged.subtracting(hosts[host].disk.history)
        guard lost.isEmpty else {
            throw Violation(description: "\(hosts[host].name) serves without \(lost.count) acknowledged writes")
        }
    }

    /// A server that came later joins a leader it hears of.
    private mutating func followLeader(_ host: Int) {
        guard let server = hosts[host].server, let view = hosts[host].disk.membership else { return }
        for leader in hosts.indices where leader != host && reach(host, leader) {
            guard let leading = hosts[leader].server, leading.role == .leading, leading.isUpToDate, hasQuorum(leader),
                let theirs = hosts[leader].disk.membership
            else { continue }
            let known = view.members.contains { member in
                index(of: member.hostname).map { $0 == leader || isFollowing($0, leader) } ?? false
            }
            // A leader refuses who knows a later membership; a follower refuses a leader of the past.
            guard known, view.version <= theirs.version, hosts[host].disk.acceptedEpoch <= leading.epoch else { continue }
            // Two with one id push each other out.
            if hosts.indices.contains(where: { $0 != host && isFollowing($0, leader) && hosts[$0].server?.id == server.id }) { continue }
            copyHistory(from: leader, to: host, epoch: leading.epoch)
            hosts[host].disk.acceptedEpoch = leading.epoch
            hosts[host].server?.role = .following(leader)
            hosts[host].server?.epoch = leading.epoch
            hosts[host].server?.isUpToDate = false
            note("\(hosts[host].name) follows \(hosts[leader].name)")
            return
        }
    }

    // MARK: - Commits

    private mutating func catchUp(followersOf leader: Int) {
        for host in hosts.indices where isFollowing(host, leader) && (faultsAreOver || random.chance(80)) { catchUp(host, with: leader) }
    }

    /// A follower learns what it missed, and what is committed.
    private mutating func catchUp(_ host: Int, with leader: Int) {
        guard hosts[leader].server?.isUpToDate == true, let epoch = hosts[leader].server?.epoch else { return }
        copyHistory(from: leader, to: host, epoch: epoch)
        hosts[host].disk.adopt(hosts[leader].disk.membership)
        if hosts[host].server?.isUpToDate == false { hosts[host].server?.isUpToDate = true }
    }

    /// Ids of those whose history ends where the leader's does.
    private func inStep(with leader: Int) -> Set<Int> {
        var ids: Set<Int> = []
        for host in hosts.indices where host == leader || isFollowing(host, leader) {
            guard let server = hosts[host].server, hosts[host].disk.history.count == hosts[leader].disk.history.count else { continue }
            ids.insert(server.id)
        }
        return ids
    }

    /// First in, first out: a follower that missed a transaction gets no later one before it has caught up.
    private mutating func appendToAll(_ transaction: UInt64, next: Membership? = nil, at leader: Int) {
        for host in [leader] + hosts.indices.filter({ $0 != leader && isFollowing($0, leader) }) {
            if host != leader {
                guard faultsAreOver || random.chance(90) else { continue }
                guard hosts[host].disk.history.count + 1 == hosts[leader].disk.history.count else { continue }
            }
            hosts[host].disk.history.append(transaction)
            if let next { hosts[host].disk.next = next }
        }
    }

    private func nextTransaction(at leader: Int) -> UInt64 {
        let epoch = hosts[leader].server?.epoch ?? 0
        let last = hosts[leader].disk.lastTransaction
        return last >> 32 == epoch ? last + 1 : epoch << 32 + 1
    }

    /// A client writes; what a majority has is acknowledged.
    mutating func write(at host: Int) throws {
        guard let server = hosts[host].server, server.isServing else { return }
        switch server.role {
        case .standalone:
            guard hosts[host].disk.history.count < 60 else { return }
            let transaction = hosts[host].disk.lastTransaction + 1
            hosts[host].disk.history.append(transaction)
            // What a server without a list takes is nobody's promise yet.
            if !server.hadNoList, stored.current.servers.server(named: hosts[host].name) != nil { acknowledge(transaction) }
        case .leading:
            guard hosts[host].disk.history.count < 60 else { return }
            let transaction = nextTransaction(at: host)
            appendToAll(transaction, at: host)
            if makeQuorum(inStep(with: host), in: hosts[host].disk.views) {
                commitPending(host)
                acknowledge(transaction)
            }
        default: return
        }
    }

    private mutating func acknowledge(_ transaction: UInt64) {
        statistics.writes += 1
        // Before the ensemble is known to be formed nothing is promised.
        if !isLossExcused, stored.isFormed { acknowledged.insert(transaction) }
    }

    /// - Returns: whether the change was taken up; it may not be committed yet.
    mutating func reconfigure(_ leader: Int, joining: [Member], leaving: [Int], from version: UInt64) -> Bool {
        guard let server = hosts[leader].server, server.role == .leading, server.isUpToDate, hasQuorum(leader),
            let old = hosts[leader].disk.membership, old.version == version, hosts[leader].disk.next == nil
        else { return false }
        var members = old.members.filter { member in !leaving.contains(member.id) && !joining.contains { $0.id == member.id } }
        members += joining
        let transaction = nextTransaction(at: leader)
        let new = Membership(members: members, version: transaction)
        // Listed observers do not count.
        let followers = supporters(of: leader).filter { old.member(id: $0)?.role != .observer }
        guard makeQuorum(followers, in: [new]) else {
            note("\(hosts[leader].name) refuses \(new.servers): no quorum of the new configuration")
            return false
        }
        note("\(hosts[leader].name) changes the members \(old.servers) ==> \(new.servers)")
        statistics.reconfigurations += 1
        appendToAll(transaction, next: new, at: leader)
        commitPending(leader)
        return true
    }

    mutating func commitPending(_ leader: Int) {
        guard let next = hosts[leader].disk.next, let old = hosts[leader].disk.membership,
            makeQuorum(inStep(with: leader), in: [old, next])
        else { return }
        hosts[leader].disk.adopt(next)
        note("agreed on \(next.servers)")
        agreed(on: next)
        catchUp(followersOf: leader)
        stepDownWithoutVote(leader)
    }

    private mutating func stepDownWithoutVote(_ leader: Int) {
        guard let server = hosts[leader].server, hosts[leader].disk.membership?.member(id: server.id)?.role != .standard else { return }
        lookAgain(leader, "leads no longer: it has no vote")
    }
}
