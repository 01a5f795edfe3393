import EnsembleModel

/// What each Exhibitor does, as the system's loop shall: see docs/exhibitor-internals.md.
extension SimulatedEnsemble {
    /// After which a server out of its quorum is started again.
    private static let unhealthyLimit = Duration.seconds(60)
    private static let releasePatience = Duration.seconds(90)
    private static let lockExpiry = Duration.seconds(300)
    private static let candidateAge = Duration.seconds(120)

    /// One thing that an Exhibitor does.
    mutating func act(_ host: Int) throws {
        guard hosts[host].isOn, hosts[host].exhibitor != nil else { return }
        switch random.below(10) {
        case 0..<2: poll(host)
        case 2..<6: try supervise(host)
        case 6..<7: advanceRelease(host)
        case 7..<8: manage(host)
        case 8..<9: reconcile(host)
        default: observe(host)
        }
    }

    /// Everything once.
    mutating func actInTurn(_ host: Int) throws {
        guard hosts[host].isOn, hosts[host].exhibitor != nil else { return }
        observe(host)
        poll(host)
        try supervise(host)
        advanceRelease(host)
        if random.chance(30) { manage(host) }
        reconcile(host)
    }

    // MARK: - The store

    func reachesStore(_ host: Int) -> Bool { hosts[host].isOn && hosts[host].reachesStore }

    mutating func poll(_ host: Int) {
        guard reachesStore(host), hosts[host].exhibitor?.version != storedVersion else { return }
        adopt(host)
    }

    /// What is stored becomes what this host goes by.
    private mutating func adopt(_ host: Int) {
        guard let old = hosts[host].exhibitor?.collection else { return }
        hosts[host].exhibitor?.collection = stored
        hosts[host].exhibitor?.version = storedVersion
        hosts[host].disk.saved = (stored, storedVersion)
        // One after the other during a release and at its end; all at once when an operator changes what applies.
        if stored.release != nil || old.release != nil { hosts[host].exhibitor?.restartIsGuarded = true }
        note("\(hosts[host].name) adopts version \(storedVersion)")
    }

    /// Compare and swap.
    @discardableResult
    mutating func store(_ collection: ConfigurationCollection, replacing version: Int?, by host: Int) -> Bool {
        guard reachesStore(host), version == storedVersion else { return false }
        checkRelease(from: stored, to: collection)
        stored = collection
        storedVersion += 1
        note(
            "\(hosts[host].name) stores version \(storedVersion): \(collection.current.servers)"
                + (collection.release.map { " rolling \($0.target.servers) over \($0.hosts) at \($0.index)" } ?? "")
                + (collection.imposedServers.map { " imposed \($0)" } ?? ""))
        adopt(host)
        return true
    }

    private mutating func takeLock(_ host: Int) -> Bool {
        guard reachesStore(host) else { return false }
        if let lock, lock.until > now, lock.holder != hosts[host].name { return false }
        lock = (hosts[host].name, now + Self.lockExpiry)
        return true
    }

    private mutating func releaseLock(_ host: Int) {
        hosts[host].exhibitor?.lockWork = .none
        if reachesStore(host), lock?.holder == hosts[host].name { lock = nil }
    }

    // MARK: - The others

    func configuration(of host: Int) -> InstanceConfiguration {
        guard let exhibitor = hosts[host].exhibitor else { return InstanceConfiguration() }
        return exhibitor.collection.configuration(for: hosts[host].name)
    }

    func state(of host: Int) -> ServerState {
        guard let server = hosts[host].server else { return .down }
        return server.isServing ? .serving : server.isBroken ? .down : .notServing
    }

    func report(of host: Int) -> PeerReport {
        let server = hosts[host].server
        return PeerReport(
            state: state(of: host), isLeader: server?.isServing == true && (server?.role == .leading || server?.role == .standalone),
            membership: server?.role == .standalone ? nil : hosts[host].disk.membership, hasData: hosts[host].disk.hasData,
            configurationVersion: nil)
    }

    /// Asks the hosts of the list.
    mutating func observe(_ host: Int) {
        guard let exhibitor = hosts[host].exhibitor else { return }
        var names = exhibitor.collection.current.servers.hostnames + (exhibitor.collection.release?.target.servers.hostnames ?? [])
        names += hosts[host].disk.membership?.members.map(\.hostname) ?? []
        var peers: [String: PeerReport?] = [:]
        names += exhibitor.collection.imposedServers?.hostnames ?? []
        for _ in 0..<2 {
            for name in names where name != hosts[host].name && peers[name] == nil {
                guard let peer = index(of: name) else { continue }
                peers[name] = .some(reach(host, peer) && hosts[peer].exhibitor != nil ? report(of: peer) : nil)
            }
            // Those whom the others know as members.
            names = peers.values.flatMap { $0?.membership?.members.map(\.hostname) ?? [] }
        }
        hosts[host].exhibitor?.peers = peers
        hosts[host].exhibitor?.peersSeenAt = step
    }

    /// Answers are often fresh, sometimes some steps old.
    private mutating func observeSometimes(_ host: Int) {
        let age = step - (hosts[host].exhibitor?.peersSeenAt ?? -1)
        if hosts[host].exhibitor?.peersSeenAt == -1 || age > 8 || random.chance(70) { observe(host) }
    }

    private func states(_ host: Int, of list: ServerList) -> [String: ServerState] {
        var states: [String: ServerState] = [:]
        for name in list.hostnames {
            states[name] = name == hosts[host].name ? state(of: host) : (hosts[host].exhibitor?.peers[name] ?? nil)?.state ?? .down
        }
        return states
    }

    // MARK: - Our server

    func members(_ list: ServerList) -> [Member] {
        list.servers.map { Member(id: $0.id, hostname: $0.hostname, connectPort: 2888, electionPort: 3888, role: $0.role) }
    }

    private func imposition(_ host: Int) -> ServerList? {
        guard let imposed = hosts[host].exhibitor?.collection.imposedServers, imposed != hosts[host].disk.appliedImposition else {
            return nil
        }
        return imposed
    }

    mutating func supervise(_ host: Int) throws {
        guard hosts[host].exhibitor?.version != nil else { return }
        observeSometimes(host)
        guard let server = hosts[host].server else {
            try start(host)
            return finishRestart(host)
        }
        finishRestart(host)
        markAsFormed(host)
        let wanted = configuration(of: host)
        let change: RestartPlanner.Change =
            !wanted.needsRestart(from: server.configuration) ? .none : hosts[host].exhibitor?.restartIsGuarded == true ? .oneByOne : .atOnce
        if change == .none, hosts[host].exhibitor?.collection.release == nil { hosts[host].exhibitor?.restartIsGuarded = false }
        let view = hosts[host].disk.membership
        let isImposed = imposition(host) != nil
        let planner = RestartPlanner(
            hostname: hosts[host].name, wanted: wanted.servers, isImposed: isImposed,
            runningID: server.role == .standalone ? nil : server.id, isServing: server.isServing, live: view, change: change,
            start: isImposed || server.role == .standalone || (!server.isServing && view?.version == 0) ? startPlan(host) : .keep,
            othersServing: servingPeers(host, in: view))
        switch planner.decision {
        case .keep, .wait: break
        case .restart(let reason):
            if change == .none, !isImposed { try checkMajority(without: host, reason) }
            try restart(host, reason)
        case .stop(let reason):
            if !isImposed { try checkMajority(without: host, reason) }
            stop(host, reason)
        case .restartUnderLock(let reason):
            let isTurn = hosts[host].exhibitor?.collection.release != nil
            guard isTurn || (hosts[host].exhibitor?.lockWork == SimulatedExhibitor.LockWork.none && takeLock(host)) else { return }
            observe(host)
            var again = planner
            again.othersServing = servingPeers(host, in: view)
            guard case .restartUnderLock = again.decision else { return isTurn ? () : releaseLock(host) }
            try checkMajority(without: host, reason)
            try restart(host, reason)
            if !isTurn { hosts[host].exhibitor?.lockWork = .restart(since: now) }
        }
        if let server = hosts[host].server, !server.isServing, now - server.unhealthySince > Self.unhealthyLimit {
            try restart(host, "is unhealthy")
        }
    }

    /// From now on nobody who is empty founds an ensemble.
    private mutating func markAsFormed(_ host: Int) {
        guard let server = hosts[host].server, report(of: host).isLeader, !server.hadNoList, let exhibitor = hosts[host].exhibitor,
            !exhibitor.collection.isFormed, imposition(host) == nil
        else { return }
        var collection = exhibitor.collection
        collection.isFormed = true
        store(collection, replacing: exhibitor.version, by: host)
    }

    private func servingPeers(_ host: Int, in membership: Membership?) -> Set<String> {
        var names: Set<String> = []
        for (name, report) in hosts[host].exhibitor?.peers ?? [:] {
            if let report, report.state == .serving, report.membership?.version == membership?.version { names.insert(name) }
        }
        return names
    }

    private mutating func finishRestart(_ host: Int) {
        guard case .restart(let since) = hosts[host].exhibitor?.lockWork else { return }
        if hosts[host].server?.isServing == true || now - since > Self.unhealthyLimit { releaseLock(host) }
    }

    private mutating func restart(_ host: Int, _ reason: String) throws {
        stop(host, reason)
        try start(host)
    }

    /// What we do by ourselves leaves a majority of the voters of an ensemble of three or more, if there was one.
    private func checkMajority(without host: Int, _ reason: String) throws {
        guard let newestMembership, newestMembership.voters.count > 2, hosts[host].server?.isServing == true else { return }
        let before = runningVoters(reachableFrom: host)
        let after = before.filter { $0 != hosts[host].name }
        if before.count >= newestMembership.majority, after.count < newestMembership.majority {
            throw Violation(description: "\(hosts[host].name) took the majority away (\(reason)): \(before)")
        }
    }

    /// Voters of the newest membership that are in a quorum or can be without help.
    func runningVoters(reachableFrom host: Int) -> [String] {
        newestMembership?.voters.map(\.hostname).filter { voter in
            index(of: voter).map { reach(host, $0) && hosts[$0].server?.isBroken == false } ?? false
        } ?? []
    }

    mutating func stop(_ host: Int, _ reason: String) {
        guard hosts[host].server != nil else { return }
        note("\(hosts[host].name) stops its server: \(reason)")
        hosts[host].server = nil
    }

    private mutating func start(_ host: Int) throws {
        guard let exhibitor = hosts[host].exhibitor, hosts[host].server == nil else { return }
        hosts[host].exhibitor?.waitingSince = exhibitor.waitingSince ?? now
        try carryOut(startPlan(host), host, configuration(of: host))
    }

    private func startPlan(_ host: Int) -> StartPlan {
        guard let exhibitor = hosts[host].exhibitor else { return .keep }
        let configuration = configuration(of: host)
        let disk = hosts[host].disk
        return StartPlanner(
            hostname: hosts[host].name, wanted: members(configuration.servers), imposed: members(imposition(host) ?? ServerList()),
            isFormed: exhibitor.collection.isFormed, onDisk: disk.ranStandalone ? nil : disk.membership, hasData: disk.hasData,
            ranStandalone: disk.ranStandalone, wasMember: disk.wasMember,
            expectedSize: configuration.autoManageInstances ? max(configuration.autoManageInstancesFixedEnsembleSize, 1) : 0,
            peers: exhibitor.peers, waited: now - (exhibitor.waitingSince ?? now)
        ).plan
    }

    private mutating func carryOut(_ plan: StartPlan, _ host: Int, _ configuration: InstanceConfiguration) throws {
        let name = hosts[host].name
        var server = SimulatedServer(id: 0, configuration: configuration)
        server.unhealthySince = now
        switch plan {
        case .wait(let reason):
            if hosts[host].exhibitor?.lastWait != reason { note("\(name) waits: \(reason)") }
            hosts[host].exhibitor?.lastWait = reason
            return
        case .standalone:
            server.id = configuration.servers.server(named: name)?.id ?? 0
            server.hadNoList = configuration.servers.isEmpty
            server.role = .standalone
            hosts[host].disk.ranStandalone = true
            if !server.hadNoList { hosts[host].disk.ranByList = true }
            hosts[host].disk.hasData = true
            hosts[host].disk.membership = nil
            hosts[host].disk.next = nil
            if !server.hadNoList, stored.current.servers.server(named: name) != nil { try checkHistory(of: host) }
        case .members(let members), .membersWithoutOurData(let members):
            if case .membersWithoutOurData = plan {
                hosts[host].disk.history = []
                hosts[host].disk.hasData = false
            }
            guard let ours = members.first(where: { $0.hostname == name }) else {
                throw Violation(description: "\(name) starts with members that it is none of: \(members.map(\.spec))")
            }
            server.id = ours.id
            hosts[host].disk.membership = Membership(members: members, version: 0)
            hosts[host].disk.next = nil
            hosts[host].disk.ranStandalone = false
            hosts[host].disk.wasMember = true
        case .imposed(let membership):
            guard let ours = membership.member(named: name) else {
                throw Violation(description: "\(name) imposes members that it is none of")
            }
            server.id = ours.id
            hosts[host].disk.membership = membership
            hosts[host].disk.next = nil
            hosts[host].disk.ranStandalone = false
            hosts[host].disk.wasMember = true
        case .keep:
            // Its files stay as they are, `myid` among them.
            guard let ours = hosts[host].disk.membership?.member(named: name) else {
                throw Violation(description: "\(name) keeps a membership without itself")
            }
            server.id = ours.id
        }
        note(
            "\(name) starts: \(plan == .keep ? "with what it knew" : plan == .standalone ? "alone" : "\(hosts[host].disk.membership?.servers.description ?? "")")"
        )
        if let imposed = hosts[host].exhibitor?.collection.imposedServers { hosts[host].disk.appliedImposition = imposed }
        hosts[host].disk.startedWith = configuration
        hosts[host].exhibitor?.waitingSince = nil
        hosts[host].exhibitor?.lastWait = nil
        hosts[host].server = server
    }

    // MARK: - Changes of the shared configuration

    private mutating func advanceRelease(_ host: Int) {
        guard let exhibitor = hosts[host].exhibitor, exhibitor.version != nil else { return }
        observeSometimes(host)
        let name = hosts[host].name
        let release = exhibitor.collection.release
        func isReachable(_ position: Int) -> Bool {
            guard let release, position < release.hosts.count, release.hosts[position] != name else { return true }
            return (exhibitor.peers[release.hosts[position]] ?? nil) != nil
        }
        let configuration = configuration(of: host)
        let runs = hosts[host].server.map { !configuration.needsRestart(from: $0.configuration) } ?? false
        let observation = RollingRelease.Observation(
            state: state(of: host), runsOurConfiguration: runs, currentIsReachable: isReachable(release?.index ?? 0),
            nextIsReachable: isReachable((release?.index ?? 0) + 1))
        guard
            let action = hosts[host].exhibitor?.release.check(release, observation, patience: Self.releasePatience, at: now)
        else { return }
        var collection = exhibitor.collection
        switch action {
        case .advance(let index): collection.release?.index = index
        case .finish:
            collection.current = release?.target ?? collection.current
            collection.release = nil
        case .rollBack(let reason):
            note("rolled back: \(reason)")
            statistics.rollbacks += 1
            collection.release = nil
        }
        store(collection, replacing: exhibitor.version, by: host)
    }

    private func managementObservation(_ host: Int) -> InstanceManagement.Observation {
        let collection = hosts[host].exhibitor?.collection ?? stored
        let states = states(host, of: collection.current.servers)
        let hasLeader = hosts[host].exhibitor?.peers.values.contains { $0?.isLeader == true } == true
        return .init(
            configuration: collection.current, isRolling: collection.release != nil, ourState: state(of: host), states: states,
            hasLeader: hasLeader || report(of: host).isLeader,
            candidates: announced.filter { now - $0.value < Self.candidateAge }.keys.sorted(), highestID: collection.highestID)
    }

    private mutating func manage(_ host: Int) {
        guard hosts[host].exhibitor?.version != nil else { return }
        if reachesStore(host) { announced[hosts[host].name] = now }
        observeSometimes(host)
        if hosts[host].exhibitor?.lockWork == .management {
            // The lock is held: what is stored now counts.
            if reachesStore(host) {
                poll(host)
                propose(host)
            }
            return releaseLock(host)
        }
        let observation = managementObservation(host)
        guard reachesStore(host) else { return }
        guard hosts[host].exhibitor?.management.round(observation, at: now) == .change else { return }
        guard hosts[host].exhibitor?.lockWork == SimulatedExhibitor.LockWork.none, takeLock(host) else { return }
        hosts[host].exhibitor?.lockWork = .management
    }

    private mutating func propose(_ host: Int) {
        guard let exhibitor = hosts[host].exhibitor, exhibitor.collection.release == nil else { return }
        let observation = managementObservation(host)
        guard let list = exhibitor.management.proposal(for: observation) else { return }
        var collection = exhibitor.collection
        if setting.appliesAllAtOnce || collection.current.servers.isEmpty {
            collection.current.servers = list
        } else {
            var target = collection.current
            target.servers = list
            let leader = hosts.indices.first { hosts[$0].server?.isServing == true && hosts[$0].server?.role == .leading }
            collection.release = .init(
                target: target,
                hosts: RollingRelease.order(from: collection.current.servers, to: list, leader: leader.map { hosts[$0].name }))
        }
        store(collection, replacing: exhibitor.version, by: host)
    }

    /// The leader makes the members what the list says; on fresh answers of the store and of the others.
    mutating func reconcile(_ host: Int) {
        guard let server = hosts[host].server, server.role == .leading, server.isUpToDate, reachesStore(host) else { return }
        poll(host)
        if let pending = hosts[host].exhibitor?.pendingReconfiguration {
            hosts[host].exhibitor?.pendingReconfiguration = nil
            _ = reconfigure(host, joining: pending.joining, leaving: pending.leaving, from: pending.from)
            return
        }
        guard hosts[host].exhibitor?.version == storedVersion, imposition(host) == nil, let live = hosts[host].disk.membership else {
            return
        }
        observe(host)
        let planner = MembershipPlanner(
            live: live, wanted: members(stored.servers), serving: servingPeers(host, in: live).union([hosts[host].name]),
            leader: hosts[host].name)
        guard case .reconfigure(let joining, let leaving) = planner.step else { return }
        if !faultsAreOver, random.chance(30) {
            hosts[host].exhibitor?.pendingReconfiguration = (joining, leaving, live.version)
        } else {
            _ = reconfigure(host, joining: joining, leaving: leaving, from: live.version)
        }
    }
}
