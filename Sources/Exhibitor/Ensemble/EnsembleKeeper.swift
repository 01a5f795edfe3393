import EnsembleModel
import Logging
import ServiceLifecycle
import SharedConfiguration

/// Keeps this host's server what the shared configuration says, and the ensemble what its list says.
///
/// Decisions are those of the pure machines of `EnsembleModel`; this actor gathers what they need to know and carries out
/// what they decide. Membership changes are made by the leader's instance alone, after reading the store anew: a leader
/// with an old configuration must not undo a newer one.
actor EnsembleKeeper: Service {
    let hostname: String
    let configurations: ConfigurationKeeper
    let monitor: ProcessMonitor
    let inspector: ServerInspector
    private let resolver: SettingsResolver
    private let fixedTiming: MonitorTiming?
    private let timing: EnsembleTiming
    private let reports: PeerReports
    private let reconfigurer: Reconfigurer
    private let activityLog: ActivityLog
    /// Told after the server's settings changed.
    private let onChange: @Sendable () async -> Void

    private var release: RollingRelease
    private var management: InstanceManagement
    private let starts: StartGate
    private var startWaitsSince: Duration?
    /// A release was in force; what its end changes is applied host by host.
    private var endsRelease = false
    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    /// What was last said in the log about waiting, by subject.
    private var saidWaiting: [String: String] = [:]
    private var lastMembership: Membership?
    /// Whom the last word of a changed configuration went to.
    private var toldLast: Set<String> = []
    private(set) var isInSync = true
    private var isBusy = false

    init(
        hostname: String, configurations: ConfigurationKeeper, monitor: ProcessMonitor, inspector: ServerInspector,
        resolver: SettingsResolver, fixedTiming: MonitorTiming?, timing: EnsembleTiming, reports: PeerReports,
        reconfigurer: Reconfigurer, activityLog: ActivityLog, onChange: @escaping @Sendable () async -> Void
    ) {
        self.hostname = hostname
        self.configurations = configurations
        self.monitor = monitor
        self.inspector = inspector
        self.resolver = resolver
        self.fixedTiming = fixedTiming
        self.timing = timing
        self.reports = reports
        self.reconfigurer = reconfigurer
        self.activityLog = activityLog
        self.onChange = onChange
        release = RollingRelease(hostname: hostname)
        management = InstanceManagement(hostname: hostname)
        starts = StartGate(hostname: hostname)
        origin = clock.now
    }

    private var now: Duration { clock.now - origin }

    // MARK: - Running

    /// Waits for the first look at the shared configuration, so that nobody is told of an empty list before; not for ever.
    func waitForConfiguration() async {
        let deadline = clock.now + timing.firstLook
        while await !configurations.isReady, clock.now < deadline, !Task.isCancelled {
            try? await clock.sleep(for: .milliseconds(10))
        }
        if await !configurations.isReady { await configurations.goOnWithLocalCopy() }
    }

    /// Call it before the monitor runs.
    func prepare() async {
        await monitor.planStarts { [weak self] settings in
            await self?.planStart(settings) ?? .wait("the manager ends")
        }
        await apply()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.pollConfiguration() }
                group.addTask { await self.followChanges() }
                group.addTask { await self.checkForEver() }
                group.addTask { await self.manageForEver() }
            }
        }
    }

    private func pollConfiguration() async {
        guard !configurations.store.traits.isFixed else { return }
        while (try? await clock.sleep(for: timing.configurationPoll)) != nil { await configurations.poll() }
    }

    private func followChanges() async {
        for await _ in await configurations.changes() {
            await check()
        }
    }

    private func checkForEver() async {
        while !Task.isCancelled {
            await check()
            do { try await clock.sleep(for: isCalm ? timing.calmCheck : timing.eagerCheck) } catch { return }
        }
    }

    private var isCalm: Bool { isInSync && saidWaiting.isEmpty }

    private func manageForEver() async {
        guard !configurations.store.traits.isFixed, !configurations.store.traits.isStandalone else { return }
        while !Task.isCancelled {
            await manage()
            let hasList = await !configurations.configuration.servers.isEmpty
            let pause = hasList ? timing.managementRound : timing.formationRound
            // Not all at the same moment.
            do { try await clock.sleep(for: pause * Double.random(in: 1...1.25)) } catch { return }
        }
    }

    /// One live check; those that come while one runs are covered by the next.
    private func check() async {
        guard !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        await apply()
        await advanceRelease()
        await reconcile()
    }

    /// Tells the other instances that the configuration changed, so that they need not wait for their next poll.
    func nudgeOthers() async {
        let adopted = await configurations.adopted
        let hosts = Set(adopted.collection.current.servers.hostnames + (adopted.collection.release?.target.servers.hostnames ?? []))
            .subtracting([hostname])
        // Those that the list has just left out have to hear of it too.
        let told = hosts.union(toldLast)
        toldLast = hosts
        await withDiscardingTaskGroup { [reports] group in
            for host in told { group.addTask { _ = try? await reports.peers.get("poll", from: host, below: "config") } }
        }
    }

    // MARK: - Our own server

    private func apply() async {
        let adopted = await configurations.adopted
        let configuration = adopted.collection.configuration(for: hostname)
        let wanted = resolver.settings(for: adopted.collection, hostname: hostname)
        let current = await monitor.settings
        let pace = fixedTiming ?? MonitorTiming(checkInterval: .milliseconds(configuration.checkMs), lines: wanted.extraLines)
        if adopted.collection.release != nil { endsRelease = true }
        if wanted == current {
            if adopted.collection.release == nil { endsRelease = false }
            if await monitor.timing != pace { await monitor.configure(wanted, timing: pace) }
        } else if let reason = await reasonToHold(from: current, to: wanted, adopted) {
            return say("apply", "Not applying the new configuration yet: \(reason)")
        } else if adopted.collection.release == nil, endsRelease, await isVoterToRestart(from: current, to: wanted) {
            // Several hosts may have to change at once when a release ends before its time: one after the other.
            guard await applyUnderLock(wanted, pace, from: current, adopted) else { return }
        } else {
            await monitor.configure(wanted, timing: pace)
            await onChange()
        }
        say("apply", nil)
    }

    /// Restarts our server while no other host restarts its own.
    private func applyUnderLock(
        _ wanted: ZooKeeperSettings, _ pace: MonitorTiming, from current: ZooKeeperSettings, _ adopted: ConfigurationKeeper.Adopted
    ) async -> Bool {
        guard let lock = try? await configurations.store.lock(owner: hostname, wait: .seconds(10)) else {
            say("apply", "Not applying the new configuration yet: another instance holds the lock of the shared configuration")
            return false
        }
        if let reason = await reasonToHold(from: current, to: wanted, adopted) {
            await lock.release()
            say("apply", "Not applying the new configuration yet: \(reason)")
            return false
        }
        await monitor.configure(wanted, timing: pace)
        await onChange()
        let deadline = clock.now + .seconds(60)
        while clock.now < deadline, !Task.isCancelled {
            let status = await monitor.status()
            if status.state == .serving, status.runsCurrentSettings { break }
            try? await clock.sleep(for: timing.eagerCheck)
        }
        await lock.release()
        return true
    }

    private func membership(of settings: ZooKeeperSettings) async -> Membership? {
        await inspector.findings(settings, isRunning: true).membership
    }

    private func isVoterToRestart(from current: ZooKeeperSettings, to wanted: ZooKeeperSettings) async -> Bool {
        guard await monitor.status().state == .serving, let live = await membership(of: current) else { return false }
        return needsRestart(from: current, to: wanted) && live.voters.count > 1 && live.voters.contains { $0.hostname == hostname }
    }

    private func needsRestart(from current: ZooKeeperSettings, to wanted: ZooKeeperSettings) -> Bool {
        var same = wanted
        same.servers = current.servers
        same.imposedServers = current.imposedServers
        same.expectedSize = current.expectedSize
        same.isFormed = current.isFormed
        return same != current
    }

    /// A server is not taken out of a quorum that needs it: by a release or its end, by a list that leaves it out or gives
    /// it another id, or by one that gives it company which is not there yet (`RestartPlanner`).
    private func reasonToHold(
        from current: ZooKeeperSettings, to wanted: ZooKeeperSettings, _ adopted: ConfigurationKeeper.Adopted
    ) async -> String? {
        let status = await monitor.status()
        guard status.state == .serving else { return nil }
        if status.mode == .standalone, current.ourServer != nil, wanted.servers.servers.count > 1 {
            switch await planStart(wanted) {
            case .wait(let reason): return reason
            case .standalone, .keep: return "this server runs alone until the others can join it"
            case .members, .membersWithoutOurData, .imposed: return nil
            }
        }
        guard let live = await membership(of: current) else { return nil }
        let isReleased = live.member(named: hostname) == nil || status.mode == .standalone
        if !isReleased, let member = live.member(named: hostname), wanted.imposedServers == current.imposedServers {
            guard let ours = wanted.ourServer else { return "this server is still a member of the running ensemble" }
            if ours.id != member.id { return "this server is still member \(member.id) of the running ensemble, not \(ours.id)" }
        }
        guard adopted.collection.release != nil || endsRelease, live.voters.count > 2,
            live.voters.contains(where: { $0.hostname == hostname }), needsRestart(from: current, to: wanted)
        else { return nil }
        let others = live.voters.map(\.hostname).filter { $0 != hostname }
        let answers = await reports.reports(of: others)
        let serving = others.filter { host in
            guard let report = answers[host] ?? nil else { return false }
            return report.state == .serving && report.membership?.version == live.version
        }.count
        guard serving < live.majority else { return nil }
        return "a restart now would lose the quorum (\(serving) other voters serve, \(live.majority) are needed)"
    }

    private func planStart(_ settings: ZooKeeperSettings) async -> StartPlan {
        let lastWords = await monitor.lastWords
        let since = startWaitsSince ?? now
        startWaitsSince = since
        let result = await starts.plan(settings, lastWords: lastWords, waited: now - since) { [reports] hosts in
            await reports.reports(of: hosts)
        }
        for (kind, text) in result.notes { activityLog.add(kind, text, topic: .membership) }
        if case .wait = result.plan {} else { startWaitsSince = nil }
        return result.plan
    }

    // MARK: - Rolling release

    private func advanceRelease() async {
        let adopted = await configurations.adopted
        let rolling = adopted.collection.release
        var observation = RollingRelease.Observation(state: .down, runsOurConfiguration: false)
        if let rolling, rolling.hosts.indices.contains(rolling.index) {
            let turn = rolling.hosts[rolling.index]
            if turn == hostname {
                let status = await monitor.status()
                observation.state = status.state
                let isApplied = await monitor.settings == resolver.settings(for: adopted.collection, hostname: hostname)
                observation.runsOurConfiguration = isApplied && (status.runsCurrentSettings || status.state != .serving)
                if rolling.hosts.indices.contains(rolling.index + 1) {
                    let next = rolling.hosts[rolling.index + 1]
                    observation.nextIsReachable = (await reports.reports(of: [next])[next] ?? nil) != nil
                }
            } else {
                observation.currentIsReachable = (await reports.reports(of: [turn])[turn] ?? nil) != nil
            }
        }
        // As long as a server may take to start before the monitor gives it up, and some checks.
        let start = await monitor.timing.unhealthyLimit + .seconds(10)
        let checks = Duration.milliseconds(4 * adopted.collection.current.checkMs)
        let patience = min(Duration.seconds(120), max(Duration.seconds(20), start, checks))
        guard let action = release.check(rolling, observation, patience: patience, at: now), let rolling else {
            say("release", rolling == nil ? nil : "A rolling release is under way")
            return
        }
        await carryOut(action, of: rolling)
    }

    private func carryOut(_ action: RollingRelease.Action, of rolling: ConfigurationCollection.Release) async {
        do {
            try await configurations.step { collection in
                guard collection.release == rolling else { return nil }
                var changed = collection
                switch action {
                case .advance(let index): changed.release?.index = index
                case .finish:
                    changed.current = rolling.target
                    changed.release = nil
                case .rollBack: changed.release = nil
                }
                return changed
            }
        } catch {
            activityLog.add(.info, "The rolling release could not be advanced: \(error)")
            return
        }
        switch action {
        case .advance(let index): activityLog.add(.info, "The rolling release goes on with \(rolling.hosts[index])", topic: .config)
        case .finish: activityLog.add(.info, "The rolling release has reached every host", topic: .config)
        case .rollBack(let reason): activityLog.add(.error, "The rolling release is rolled back: \(reason)", topic: .config)
        }
        await nudgeOthers()
    }

    // MARK: - Membership

    private func reconcile() async {
        let status = await monitor.status()
        guard status.state == .serving else { return say("membership", nil) }
        let settings = await monitor.settings
        if status.mode == .standalone { await markAsFormed(status, settings) }
        guard let live = await inspector.findings(settings, isRunning: true).membership else { return say("membership", nil) }
        if live != lastMembership {
            if let lastMembership, lastMembership.servers != live.servers {
                activityLog.add(.info, "Members: \(lastMembership.servers) ==> \(live.servers)", topic: .membership)
            }
            lastMembership = live
            let files = ServerFiles(settings: settings)
            _ = try? await ServerThread.run { files.purgeDynamicFiles() }
        }
        await markAsFormed(status, settings)
        let wanted = await configurations.adopted.collection.servers
        if isInSync { toldLast.formUnion(live.servers.hostnames.filter { $0 != hostname }) }
        isInSync = wanted.isEmpty || wanted == live.servers
        guard status.mode == .leader, !isInSync else { return say("membership", nil) }
        await changeMembership(live: live, settings)
    }

    /// From now on nobody who is empty founds an ensemble.
    private func markAsFormed(_ status: ServerStatus, _ settings: ZooKeeperSettings) async {
        guard status.mode == .leader || status.mode == .standalone, settings.ourServer != nil, !configurations.store.traits.isFixed,
            await !configurations.adopted.collection.isFormed,
            await configurations.adopted.collection.imposedServers == settings.imposedServers
        else { return }
        try? await configurations.step { collection in
            guard !collection.isFormed, !collection.current.servers.isEmpty, collection.imposedServers == settings.imposedServers else {
                return nil
            }
            var changed = collection
            changed.isFormed = true
            return changed
        }
    }

    /// What the members are now, as far as those of the list know; nil while nobody serves in an ensemble.
    func liveMembership() async -> Membership? {
        let hosts = await configurations.adopted.collection.current.servers.hostnames
        return await reports.reports(of: hosts).values.compactMap { $0 }.filter { $0.state == .serving }.compactMap(\.membership)
            .max { $0.version < $1.version }
    }

    /// Those whose servers have data of their own; hosts that do not answer are not among them.
    func hostsWithData(among hosts: [String]) async -> Set<String> {
        Set(await reports.reports(of: hosts).filter { $0.value?.hasData == true }.keys)
    }

    private func changeMembership(live: Membership, _ settings: ZooKeeperSettings) async {
        let adopted: ConfigurationKeeper.Adopted
        do { adopted = try await configurations.load() } catch { return }
        // The same for all, whoever leads (`ConfigurationCollection.servers`).
        var wish = adopted.collection.current
        wish.servers = adopted.collection.servers
        let wishes = resolver.settings(for: wish)
        let others = Set(live.servers.hostnames + wishes.servers.hostnames).subtracting([hostname])
        let details = await reports.details(of: others)
        var serving = Set([hostname])
        for (host, details) in details {
            // One that serves elsewhere is of no use here.
            if let report = details?.report, report.state == .serving, report.membership?.version == live.version { serving.insert(host) }
        }
        let wanted = wishes.members.map { member in
            var member = member
            member.clientAddress =
                live.member(id: member.id)?.clientAddress ?? (details[member.hostname] ?? nil)?.clientAddress ?? member.clientAddress
                ?? "\(wishes.clientPort)"
            return member
        }
        switch MembershipPlanner(live: live, wanted: wanted, serving: serving, leader: hostname).step {
        case .none:
            say("membership", nil)
        case .wait(let reason):
            say("membership", "The ensemble is \(live.servers), the list \(wishes.servers): \(reason)")
        case .reconfigure(let joining, let leaving):
            let text = [
                joining.isEmpty ? nil : "joining \(joining.map(\.spec.description).joined(separator: ", "))",
                leaving.isEmpty ? nil : "leaving \(leaving.map(String.init).joined(separator: ", "))",
            ].compactMap { $0 }.joined(separator: ", ")
            do {
                try await reconfigurer.reconfigure(settings, joining: joining, leaving: leaving, version: live.version)
                activityLog.add(.info, "Reconfigured the ensemble: \(text)", topic: .membership)
                saidWaiting["membership"] = "more steps may follow"
            } catch {
                say("membership", "Reconfiguring the ensemble (\(text)) did not succeed yet: \(error)")
            }
        }
    }

    // MARK: - Automatic instance management

    private func manage() async {
        let configuration = await configurations.configuration
        guard configuration.autoManageInstances, await !monitor.settings.isBlank else { return }
        do {
            // Read first: without the store nothing can be decided.
            let adopted = try await configurations.load()
            if adopted.collection.current.servers.server(named: hostname) == nil { try await configurations.store.announce(hostname) }
            let observation = try await observe(adopted)
            switch management.round(observation, at: now) {
            case .nothing: say("management", nil)
            case .wait(let reason): say("management", reason)
            case .change: try await changeList(observation)
            }
        } catch {
            say("management", "Automatic instance management: \(error)")
        }
    }

    private func observe(_ adopted: ConfigurationKeeper.Adopted) async throws -> InstanceManagement.Observation {
        let current = adopted.collection.current
        let others = current.servers.hostnames.filter { $0 != hostname }
        let answers = await reports.reports(of: others)
        let status = await monitor.status()
        var states = answers.mapValues { $0?.state ?? .down }
        var hasLeader = answers.values.contains { $0?.isLeader == true }
        if current.servers.server(named: hostname) != nil {
            states[hostname] = status.state
            hasLeader = hasLeader || status.isLeader
        }
        let candidates = current.servers.isEmpty ? try await configurations.store.candidates(within: .seconds(30)) : []
        return InstanceManagement.Observation(
            configuration: current, isRolling: adopted.collection.release != nil, ourState: status.state, states: states,
            hasLeader: hasLeader, candidates: Array(Set(candidates + [hostname])).sorted(),
            highestID: adopted.collection.highestID)
    }

    private func changeList(_ observation: InstanceManagement.Observation) async throws {
        let management = management
        let leader = await leaderName()
        let hostname = hostname
        let activityLog = activityLog
        try await configurations.change(wait: .seconds(30)) { collection in
            var fresh = observation
            fresh.configuration = collection.current
            fresh.highestID = collection.highestID
            // Another instance was faster, and what we saw is of another list.
            guard collection.current.servers == observation.configuration.servers, let list = management.proposal(for: fresh) else {
                return nil
            }
            activityLog.add(
                .info,
                "Automatic Instance Management will change the server list: \(collection.current.servers) ==> \(list)", topic: .membership)
            var target = collection.current
            target.servers = list
            guard !collection.current.autoManageInstancesApplyAllAtOnce, !collection.current.servers.isEmpty else {
                return collection.withoutRelease(keeping: target)
            }
            let hosts = RollingRelease.order(from: collection.current.servers, to: list, leader: leader)
            var changed = collection
            changed.release = .init(target: target, hosts: hosts.isEmpty ? [hostname] : hosts)
            return changed
        }
        say("management", nil)
        await nudgeOthers()
    }

    /// The host whose server leads now; nil: none answers so.
    func leaderName() async -> String? {
        if await monitor.status().isLeader { return hostname }
        let hosts = await configurations.configuration.servers.hostnames.filter { $0 != hostname }
        return await reports.reports(of: hosts).first { $0.value?.isLeader == true }?.key
    }

    // MARK: -

    /// Says once why something waits; nil: it does not any more.
    private func say(_ subject: String, _ reason: String?) {
        guard saidWaiting[subject] != reason else { return }
        saidWaiting[subject] = reason
        if let reason { activityLog.add(.info, reason) }
    }
}
