import Allocator
import ClusterState
import ResourceModel

// Agents that are missing or sent away (contracts/mesos.md §11.2, §20, §21.4 rule 6).
extension MasterStateMachine {
    /// Agents missing for too long, one permit of the rate limit each. One whose stream is alive only cannot reach
    /// ZooKeeper: it has to prove that it lives by subscribing anew.
    mutating func removeMissingAgents(now: Moment) {
        let timeout = configuration.agentPingTimeout * Double(configuration.maxAgentPingTimeouts)
        var overdue: [AgentID] = []
        for (id, entry) in agents {
            guard let since = entry.missingSince, !entry.isBeingRemoved else { continue }
            let limit = entry.isRecovered ? max(timeout, configuration.agentReregisterTimeout) : timeout
            guard now.uptime - since >= limit else { continue }
            if let link = entry.link {
                if entry.linkSince > since {
                    agents[id]?.missingSince = now.uptime
                } else {
                    agents[id]?.missingSince = now.uptime - limit + min(limit, 2 * configuration.agentPingTimeout)
                    agentLinkClosed(link, now: now)
                    emit(.closeAgentLink(link))
                }
            } else {
                overdue.append(id)
            }
        }
        guard !overdue.isEmpty, !areTooManyMissing else { return }
        for id in overdue.sorted() {
            if agents[id]?.isRemovalScheduled == false {
                agents[id]?.isRemovalScheduled = true
                metrics.count("slave_shutdowns_scheduled")
            }
            guard removalLimiter.take(now: now.uptime) else { continue }
            metrics.count("slave_shutdowns_completed")
            metrics.count("slave_removals/reason_unhealthy")
            if agents[id]?.isRecovered ?? false { metrics.count("recovery_slave_removals") }
            remove(id, as: .unreachable, message: "health check timed out", now: now)
        }
    }

    /// When more agents than `--recovery_agent_removal_limit` allows are missing together, the cause is hardly theirs.
    private var areTooManyMissing: Bool {
        let missing = agents.values.count { $0.missingSince != nil && $0.link == nil }
        return Double(missing) > configuration.recoveryAgentRemovalLimit * Double(max(agents.count, recoveredAgents))
    }

    mutating func remove(_ id: AgentID, as state: AgentRecord.State, message: String, request: RequestID? = nil, now: Moment) {
        guard var record = agents[id]?.record else { return }
        agents[id]?.isBeingRemoved = true
        agentBecameInactive(id)
        rescindInverseOffers(about: [id])
        metrics.count("slave_removals")
        log("removing agent", ["agent": "\(id)", "state": state.rawValue, "why": message])
        record.state = state
        record.unreachable_time = state == .unreachable ? now.wall : nil
        // Discovery forgets its tasks; an agent that comes back publishes them again.
        var writes: [DurableWrite] = [.agent(record), .kills(id, PendingKills())]
        if let chunks = mirror.chunks[id]?.keys.sorted(), !chunks.isEmpty { writes.append(.forgetTasks(id, chunks: chunks)) }
        commit(writes, then: .removeAgent(id, AgentRemoval(state: state, message: message, request: request)))
    }

    mutating func finishRemoval(of id: AgentID, _ removal: AgentRemoval, now: Moment) {
        if let request = removal.request { emit(.reply(request, .ok)) }
        guard let entry = agents[id] else { return }
        let text = "Slave \(entry.record.info.hostname) removed: \(removal.message)"
        for task in tasks(on: id).sorted(by: { $0.record.key < $1.record.key }) {
            if task.record.state.isTerminal { complete(task) } else { lose(task, removal.state, message: text, now: now) }
        }
        forgetExecutors(on: id)
        for framework in frameworks.values.sorted(by: { $0.id < $1.id }) {
            guard let stream = framework.stream else { continue }
            var event = SchedulerEvent(type: .failure)
            event.failure = .init(agent_id: id)
            emit(.tellScheduler(stream, event))
        }
        if let link = entry.link { closeLink(link) }
        agents[id] = nil
        publishAgentRemoved(id)
        allocator.removeAgent(id)
        var record = entry.record
        record.state = removal.state
        record.unreachable_time = now.wall
        if removal.state == .unreachable { unreachableAgents[id] = record } else { removedAgents.append(id) }
        forgetOldAgents()
    }

    /// The state a framework is told of: the finer one if it knows it, else LOST (contract §20, partition awareness).
    func fate(_ state: TaskState, for framework: FrameworkID) -> TaskState {
        frameworks[framework]?.record.info.has("PARTITION_AWARE") ?? false ? state : .lost
    }

    /// A task whose agent left: LOST, unless its framework knows the finer states.
    private mutating func lose(_ task: TaskEntry, _ state: AgentRecord.State, message: String, now: Moment) {
        let id = task.record.framework_id
        guard frameworks[id]?.record.info.has("PARTITION_AWARE") ?? false else {
            return lose(task, reason: "REASON_AGENT_REMOVED", message: message, now: now)
        }
        let fate: TaskState =
            switch state {
            case .unreachable: .unreachable
            case .gone: .goneByOperator
            case .registered, .removed: .gone
            }
        var lost = task
        var status = masterStatus(task.record.id, fate, agent: task.agent, reason: "REASON_AGENT_REMOVED", message: message, now: now)
        if fate == .unreachable { status.unreachable_time = TimeInfo(nanoseconds: Int64(now.wall * 1e9)) }
        lost.record.state = fate
        lost.append(status, now: now)
        if fate.isTerminal { countTerminal(status, state: fate) }
        forward(status, to: id)
        complete(lost)
        guard fate == .unreachable else { return }
        // It is not over: shown apart until its agent comes back.
        frameworks[id]?.completedTasks.remove(lost.record.id)
        lost.isCharged = false
        frameworks[id]?.becomeUnreachable(lost, limit: configuration.maxCompletedTasksPerFramework)
    }

    /// How many agents that left are remembered, each kind (contract §21.2).
    private static var rememberedAgents: Int { 1000 }

    private mutating func forgetOldAgents() {
        if removedAgents.count > Self.rememberedAgents {
            let forgotten = removedAgents.prefix(removedAgents.count - Self.rememberedAgents)
            removedAgents.removeFirst(forgotten.count)
            commit(forgotten.map { .forgetAgent($0) })
        }
        if unreachableAgents.count > Self.rememberedAgents {
            let old = unreachableAgents.values.sorted { ($0.unreachable_time ?? 0) < ($1.unreachable_time ?? 0) }
                .prefix(unreachableAgents.count - Self.rememberedAgents).map(\.agent_id)
            for id in old { unreachableAgents[id] = nil }
            commit(old.map { .forgetAgent($0) })
        }
    }
}
