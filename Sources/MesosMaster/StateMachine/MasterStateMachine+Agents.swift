import Allocator
import ClusterState
import ResourceModel

// Agents: registration, connection, removal (contracts/mesos.md §11.1, §11.2, §21.4 rule 6).
extension MasterStateMachine {
    // MARK: Registration

    mutating func agentSubscribed(_ link: LinkID, _ registration: AgentRegistration, now: Moment) {
        links[link] = .some(nil)
        guard isLeading else { return closeLink(link) }
        metrics.count(registration.agent_info.id == nil ? "messages_register_slave" : "messages_reregister_slave")
        if isDown(registration) { return refuse(link, registration.agent_info.id ?? "", "Machine is `DOWN`") }
        if let pending = admissions[registration.pid] {
            // It asked again before its registry write came back: same id, newer words.
            closeLink(pending.link)
            admissions[registration.pid]?.link = link
            admissions[registration.pid]?.registration = registration
            return
        }
        if let id = registration.agent_info.id {
            reregister(id, link, registration, now: now)
        } else if let (id, entry) = agents.first(where: { $0.value.record.pid == registration.pid && !$0.value.isBeingRemoved }) {
            if entry.link != nil {
                store(registration, link, as: id, previous: entry.record, now: now)
            } else {
                metrics.count("slave_removals/reason_registered")
                remove(id, as: .removed, message: "a new agent registered at the same address", now: now)
                register(link, registration, now: now)
            }
        } else {
            register(link, registration, now: now)
        }
    }

    private mutating func register(_ link: LinkID, _ registration: AgentRegistration, now: Moment) {
        let id = AgentID("\(master.id)-S\(nextAgent)")
        nextAgent += 1
        metrics.count("slave_registrations")
        store(registration, link, as: id, previous: nil, now: now)
    }

    private mutating func reregister(_ id: AgentID, _ link: LinkID, _ registration: AgentRegistration, now: Moment) {
        if removedAgents.contains(id) || agents[id]?.isBeingRemoved ?? false {
            return refuse(link, id, "Agent attempted to re-register after removal")
        }
        if let known = agents[id] {
            let old = AgentAddress(pid: known.record.pid)
            let new = AgentAddress(pid: registration.pid)
            if old?.ip != new?.ip || known.record.info.hostname != registration.agent_info.hostname {
                return refuse(
                    link, id,
                    "Agent attempted to re-register with different IP / hostname: \(known.record.pid) at \(known.record.info.hostname) became \(registration.pid) at \(registration.agent_info.hostname)"
                )
            }
        }
        metrics.count("slave_reregistrations")
        store(registration, link, as: id, previous: agents[id]?.record ?? unreachableAgents[id], now: now)
    }

    /// The registry is written before the agent is told; nothing is written when nothing changed.
    private mutating func store(
        _ registration: AgentRegistration, _ link: LinkID, as id: AgentID, previous: AgentRecord?, now: Moment
    ) {
        var info = registration.agent_info
        info.id = id
        var record =
            previous
            ?? AgentRecord(
                agent_id: id, info: info, pid: registration.pid, version: registration.version, state: .registered,
                registered_time: now.wall)
        // The registry decides; an agent it does not know brings what its disk holds.
        if previous == nil { record.checkpointed_resources = registration.checkpointed_resources }
        record.info = info
        record.pid = registration.pid
        record.version = registration.version
        record.state = .registered
        record.unreachable_time = nil
        admissions[registration.pid] = Admission(link: link, registration: registration, record: record)
        if record == previous {
            admit(pid: registration.pid, now: now)
        } else {
            commit([.agent(record)], then: .admit(pid: registration.pid))
        }
    }

    private mutating func refuse(_ link: LinkID, _ id: AgentID, _ message: String) {
        log("agent refused", ["agent": "\(id)", "why": message])
        tell(link: link, .shutdown) {
            $0.agent_id = id
            $0.message = message
        }
        closeLink(link)
    }

    mutating func admit(pid: String, now: Moment) {
        guard let admission = admissions.removeValue(forKey: pid) else { return }
        let id = admission.record.agent_id
        let wasUnreachable = unreachableAgents.removeValue(forKey: id) != nil
        let isNew = agents[id] == nil
        var entry = agents[id] ?? AgentEntry(record: admission.record, isLive: mirror.live[id] != nil, isRecovered: false, now: now)
        guard !entry.isBeingRemoved else { return refuse(admission.link, id, "Agent attempted to re-register after removal") }
        entry.record = admission.record
        // What is being stored counts when it is stored.
        let checkpointed = isNew ? admission.record.checkpointed_resources : entry.total.checkpointed.entries
        entry.total = Resources(admission.record.info.resources).applying(checkpointed: checkpointed)
        if !isNew || wasUnreachable { entry.reregisteredTime = now.wall }
        if entry.isRemovalScheduled {
            entry.isRemovalScheduled = false
            metrics.count("slave_shutdowns_canceled")
        }
        entry.isRecovered = false
        let isNews = agents[id]?.isRecovered ?? true
        let oldLink = entry.link
        // The agent may have gone while its record was written.
        let isOpen = links[admission.link] != nil
        entry.link = isOpen ? admission.link : nil
        entry.linkSince = now.uptime
        entry.lastPing = now.uptime
        agents[id] = entry
        allocator.setAgent(id, total: entry.total, isActive: entry.isActive)
        if isNews { publishAgentAdded(id) }
        if let oldLink, oldLink != admission.link {
            rescindOffers(on: id)
            closeLink(oldLink)
        }
        guard isOpen else { return }
        links[admission.link] = .some(id)
        log(isNew && !wasUnreachable ? "agent registered" : "agent re-registered", ["agent": "\(id)", "pid": entry.record.pid])
        tell(id, .registered) {
            $0.agent_id = id
            $0.republish = wasUnreachable ? true : nil
        }
        if Resources(admission.registration.checkpointed_resources) != entry.total.checkpointed { tellCheckpointed(to: id) }
        reconcile(id, with: admission.registration, now: now)
        continueDraining(id, now: now)
        if entry.isActive { allocate(on: [id], now: now) }
    }

    /// Contract §11.1, "Reconcile at re-registration".
    private mutating func reconcile(_ id: AgentID, with registration: AgentRegistration, now: Moment) {
        let told = Dictionary(registration.frameworks.compactMap { info in info.id.map { ($0, info) } }, uniquingKeysWith: { $1 })
        var shutDown: Set<FrameworkID> = []
        var reported: Set<String> = []
        for running in registration.tasks {
            let framework = running.framework_id
            guard !isCompleted(framework) else {
                shutDown.insert(framework)
                continue
            }
            if let info = told[framework] { meet(framework, info, now: now) }
            let info = frameworks[framework]?.record.info ?? told[framework] ?? FrameworkInfo(user: "", name: "")
            var task =
                frameworks[framework]?.tasks[running.task.task_id]
                ?? TaskEntry(info: running.task, framework: info, frameworkID: framework, state: running.state)
            reported.insert(task.record.key)
            if task.agent != id || (task.record.state.isTerminal && !running.state.isTerminal) { continue }
            task.record.state = running.state
            if !running.statuses.isEmpty {
                task.record.statuses = []
                for status in running.statuses { task.append(status, now: now) }
                if let last = running.statuses.last, let uuid = last.uuid {
                    task.record.status_update = .init(state: last.state, uuid: uuid)
                }
            }
            frameworks[framework]?.completedTasks.remove(task.record.id)
            frameworks[framework]?.unreachableTasks.removeAll { $0.record.id == task.record.id }
            put(task)
        }
        shutDown.formUnion(reconcileExecutors(on: id, with: registration.executors))
        for framework in shutDown.sorted() { tell(id, .shutdownFramework) { $0.framework_id = framework } }
        let tasks = tasks(on: id)
        let missing = tasks.filter { !reported.contains($0.record.key) }
        if !missing.isEmpty {
            log("asking the agent for tasks it did not report", ["agent": "\(id)", "tasks": "\(missing.count)"])
            tell(id, .reconcile) { command in
                command.expected = missing.map { .init(task_id: $0.record.id, framework_id: $0.record.framework_id) }
            }
        }
        for task in tasks where task.kill != nil && !task.record.state.isTerminal { sendKill(task) }
        let known = Set(tasks.map(\.record.key))
        let stale = (agents[id]?.storedKills.kills.keys.filter { !known.contains($0) }) ?? []
        if !stale.isEmpty {
            for key in stale { agents[id]?.storedKills.kills[key] = nil }
            storeKills(on: id)
        }
    }

    /// An agent tells of a framework this leader may not know (contract §8.2 step 5).
    private mutating func meet(_ id: FrameworkID, _ info: FrameworkInfo, now: Moment) {
        guard frameworks[id].map({ $0.isOrphan }) ?? true else { return }
        var info = info
        info.id = id
        var entry = frameworks[id] ?? FrameworkEntry(record: FrameworkRecord(id: id, info: info, state: .active, registered_time: now.wall))
        entry.record = FrameworkRecord(id: id, info: info, state: .active, registered_time: now.wall)
        entry.isOrphan = false
        entry.failoverDeadline = now.wall + max(info.failover_timeout, configuration.agentReregisterTimeout)
        frameworks[id] = entry
        publishFramework(id, .frameworkAdded)
        allocator.setFramework(id, info: info, isActive: false)
    }

    // MARK: Connection

    mutating func agentLinkClosed(_ link: LinkID, now: Moment) {
        guard let agent = links.removeValue(forKey: link), let id = agent, agents[id]?.link == link else { return }
        log("agent disconnected", ["agent": "\(id)"])
        agents[id]?.link = nil
        agentBecameInactive(id)
        // A kill that was on the way may not have arrived.
        let pending = tasks(on: id).filter { $0.kill != nil && !$0.record.state.isTerminal }
        let new = pending.filter { agents[id]?.storedKills.kills[$0.record.key] == nil }
        guard !new.isEmpty else { return }
        for task in new { agents[id]?.storedKills.kills[task.record.key] = task.kill }
        storeKills(on: id)
    }

    mutating func closeLink(_ link: LinkID) {
        guard links.removeValue(forKey: link) != nil else { return }
        emit(.closeAgentLink(link))
    }

    mutating func liveChanged(_ id: AgentID, isLive: Bool, now: Moment) {
        guard let entry = agents[id], entry.isLive != isLive else { return }
        agents[id]?.isLive = isLive
        agents[id]?.missingSince = isLive ? nil : now.uptime
        if isLive, entry.isRemovalScheduled {
            agents[id]?.isRemovalScheduled = false
            metrics.count("slave_shutdowns_canceled")
        }
        if isLive {
            guard agents[id]?.isActive ?? false else { return }
            allocator.setAgent(id, active: true)
            allocate(on: [id], now: now)
        } else {
            log("agent's live node vanished", ["agent": "\(id)"])
            agentBecameInactive(id)
        }
    }

    mutating func agentBecameInactive(_ id: AgentID) {
        allocator.setAgent(id, active: false)
        rescindOffers(on: id)
    }

    func tasks(on agent: AgentID) -> [TaskEntry] {
        agents[agent]?.tasks.flatMap { framework, ids in ids.compactMap { frameworks[framework]?.tasks[$0] } } ?? []
    }
}
