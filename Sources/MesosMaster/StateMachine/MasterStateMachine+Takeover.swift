import Allocator
import ClusterState
import ResourceModel

// Taking and leaving office, and what the mirror shows meanwhile.
extension MasterStateMachine {
    mutating func elected(epoch: Int64, now: Moment) {
        if self.epoch != 0 { dropWorkingState() }
        phase = .recovering(epoch: epoch)
        electedTime = now.wall
        log("elected as leading master", ["epoch": "\(epoch)"])
        recoverIfPossible(now: now)
    }

    mutating func deposed() {
        guard phase != .standby else { return }
        log("no longer leading: closing all streams", ["epoch": "\(epoch)"])
        dropWorkingState()
        phase = .standby
    }

    /// Closes every stream and answers everyone who waits; the mirror stays.
    private mutating func dropWorkingState() {
        for link in links.keys.sorted() { emit(.closeAgentLink(link)) }
        for stream in streams.keys.sorted() { emit(.closeSchedulerStream(stream)) }
        for request in commits.values.compactMap(\.request).sorted() { emit(.reply(request, .lostLeadership)) }
        agents = [:]
        frameworks = [:]
        completedFrameworks = []
        removedAgents = []
        unreachableAgents = [:]
        maintenance = MaintenanceBook()
        submittedMaintenance = maintenance
        inverseOffers = InverseOffers()
        offers = [:]
        allocator = Allocator(
            excludedFromShares: configuration.fairSharingExcludedResources, minimum: configuration.minAllocatableResources)
        dropRoles()
        links = [:]
        streams = [:]
        admissions = [:]
        commits = [:]
        electedTime = nil
    }

    mutating func mirrorChanged(_ batch: KernelBatch, now: Moment) {
        let changes = mirror.apply(batch)
        switch phase {
        case .standby: break
        case .recovering: recoverIfPossible(now: now)
        case .leading: for change in changes { apply(change, now: now) }
        }
    }

    /// Once the mirror shows this leader's own record, it shows what predecessors wrote before it; what a slower watch
    /// still brings is adopted later (`apply`).
    private mutating func recoverIfPossible(now: Moment) {
        guard case .recovering(let epoch) = phase, mirror.isLoaded, mirror.leader?.epoch == epoch else { return }
        phase = .leading(epoch: epoch)
        maintenance = MaintenanceBook(schedule: mirror.maintenance.schedule, machines: mirror.machines.machines)
        submittedMaintenance = maintenance
        adoptRoles()
        for (id, record) in mirror.agents.sorted(by: { $0.key < $1.key }) { adopt(agent: id, record, now: now) }
        waitForQuotas(now: now)
        let records = mirror.frameworks.values.sorted { ($0.unregistered_time ?? 0, $0.id) < ($1.unregistered_time ?? 0, $1.id) }
        for record in records { adopt(framework: record, now: now) }
        for id in mirror.agents.keys.sorted() { adoptTasks(from: mirror.tasks(on: id), on: id, now: now) }
        recoveredAgents = agents.count
        log(
            "recovered",
            [
                "agents": "\(agents.count)", "frameworks": "\(frameworks.count)",
                "tasks": "\(frameworks.values.reduce(0) { $0 + $1.tasks.count })",
            ])
    }

    private mutating func apply(_ change: KernelChange, now: Moment) {
        switch change {
        case .live(let id, let node): liveChanged(id, isLive: node != nil, now: now)
        case .quotas, .weights: adoptLateRoles(now: now)
        case .agent(let id, let record?, let zxid) where zxid < mirror.leaderZxid && agents[id]?.isRecovered ?? true:
            guard admissions[record.pid] == nil, agents[id]?.record != record else { return }
            adopt(agent: id, record, now: now)
            adoptTasks(from: mirror.tasks(on: id), on: id, now: now)
        case .framework(let id, let record?, let zxid) where zxid < mirror.leaderZxid:
            if frameworks[id].map({ $0.isOrphan }) ?? true { adopt(framework: record, now: now) }
        case .chunk(let id, _, let chunk?) where agents[id]?.isRecovered ?? false:
            adoptTasks(from: Array(chunk.tasks.values), on: id, now: now)
        default: break  // Our own writes coming back, or news an agent has told already.
        }
    }

    private mutating func adopt(agent id: AgentID, _ record: AgentRecord, now: Moment) {
        switch record.state {
        case .removed, .gone:
            if !removedAgents.contains(id) { removedAgents.append(id) }
        case .unreachable: unreachableAgents[id] = record
        case .registered:
            var entry = AgentEntry(record: record, isLive: mirror.live[id] != nil, isRecovered: true, now: now)
            entry.storedKills = mirror.kills[id] ?? PendingKills()
            agents[id] = entry
            allocator.setAgent(id, total: entry.total, isActive: false)
        }
    }

    private mutating func adopt(framework record: FrameworkRecord, now: Moment) {
        var entry = FrameworkEntry(record: record)
        guard record.state == .active else {
            if !completedFrameworks.contains(where: { $0.id == record.id }) { completedFrameworks.append(entry) }
            return
        }
        if let orphan = frameworks[record.id] { entry.tasks = orphan.tasks }
        let timeout = record.info.failover_timeout
        if let since = record.disconnected_at {
            entry.failoverDeadline = since + timeout
        } else {
            // It was connected to the predecessor: it gets at least the time that agents get to come back.
            entry.failoverDeadline = now.wall + max(timeout, configuration.agentReregisterTimeout)
        }
        frameworks[record.id] = entry
        allocator.setFramework(record.id, info: record.info, isActive: false)
    }

    /// Takes tasks over that an agent has published and not told this leader yet.
    private mutating func adoptTasks(from records: [TaskRecord], on agent: AgentID, now: Moment) {
        for record in records where !isCompleted(record.framework_id) {
            var task = frameworks[record.framework_id]?.tasks[record.id] ?? TaskEntry(record: record, agent: agent)
            guard !task.record.state.isTerminal || !task.isCharged else { continue }
            task.record = record
            if let kill = agents[agent]?.storedKills.kills[record.key] { task.kill = kill }
            put(task)
        }
    }

    func isCompleted(_ framework: FrameworkID) -> Bool { completedFrameworks.contains { $0.id == framework } }

    /// Stores a task and keeps what its agent and the allocator know in step with its state.
    mutating func put(_ task: TaskEntry) {
        var task = task
        let id = task.record.framework_id
        if frameworks[id] == nil {
            // Contract §1.3 rule 10: its tasks are shown, as orphans.
            var record = FrameworkRecord(
                id: id, info: FrameworkInfo(user: "", name: ""), state: .active, registered_time: electedTime ?? 0)
            record.info.id = id
            frameworks[id] = FrameworkEntry(record: record)
            frameworks[id]?.isOrphan = true
        }
        if task.record.state.isTerminal == task.isCharged {
            if task.isCharged {
                allocator.recover(task.resources, from: id, on: task.agent, role: task.role)
            } else {
                allocator.charge(task.resources, to: id, on: task.agent, role: task.role)
            }
            task.isCharged.toggle()
        }
        publishNews(of: &task)
        agents[task.agent]?.tasks[id, default: []].insert(task.record.id)
        frameworks[id]?.tasks[task.record.id] = task
    }

    /// Moves a task to the completed ones of its framework.
    mutating func complete(_ task: TaskEntry) {
        let id = task.record.framework_id
        if task.isCharged { allocator.recover(task.resources, from: id, on: task.agent, role: task.role) }
        var done = task
        done.isCharged = false
        publishNews(of: &done)
        frameworks[id]?.tasks[task.record.id] = nil
        frameworks[id]?.complete(done, limit: configuration.maxCompletedTasksPerFramework)
        agents[task.agent]?.tasks[id]?.remove(task.record.id)
        if agents[task.agent]?.tasks[id]?.isEmpty ?? false { agents[task.agent]?.tasks[id] = nil }
        forgetKill(of: task)
    }

    mutating func restartRemovalTimers(now: Moment) {
        for id in agents.keys where agents[id]?.isLive == false { agents[id]?.missingSince = now.uptime }
    }
}
