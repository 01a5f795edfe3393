import Allocator
import ClusterState
import ResourceModel

// What operators decide about single agents (contracts/mesos.md §20).
extension MasterStateMachine {
    /// The agent will never come back: its tasks are over, its id is refused from now on.
    mutating func markGone(_ request: RequestID, _ agent: AgentID, now: Moment) {
        if let entry = agents[agent] {
            guard !entry.isBeingRemoved else { return emit(.reply(request, .conflict("Agent '\(agent)' is being removed"))) }
            tell(agent, .shutdown) {
                $0.agent_id = agent
                $0.message = "Agent has been marked gone"
            }
            return remove(agent, as: .gone, message: "Agent has been marked gone", request: request, now: now)
        }
        guard var record = unreachableAgents[agent] else {
            return emit(.reply(request, removedAgents.contains(agent) ? .ok : .unknownAgent))
        }
        record.state = .gone
        commit([.agent(record)], then: .administer(request, record))
    }

    /// No new tasks there, and those that run are killed.
    mutating func drain(_ request: RequestID, _ agent: AgentID, _ drain: AgentDrain, now: Moment) {
        if let grace = drain.max_grace_period, grace.nanoseconds < 0 {
            return emit(.reply(request, .bad("'max_grace_period' must be non-negative")))
        }
        change(request, agent) { record in
            record.drain = drain
            record.deactivated = true
        }
    }

    /// No offers from it; its tasks run on.
    mutating func deactivate(_ request: RequestID, _ agent: AgentID, now: Moment) {
        change(request, agent) { $0.deactivated = true }
    }

    /// Ends a deactivation or a drain.
    mutating func reactivate(_ request: RequestID, _ agent: AgentID, now: Moment) {
        guard agents[agent]?.record.drain?.mark_gone != true else {
            return emit(.reply(request, .bad("Agent '\(agent)' is being drained to be marked gone")))
        }
        change(request, agent) { record in
            record.drain = nil
            record.deactivated = nil
        }
    }

    private mutating func change(_ request: RequestID, _ agent: AgentID, _ edit: (inout AgentRecord) -> Void) {
        guard let entry = agents[agent], !entry.isBeingRemoved else { return emit(.reply(request, .unknownAgent)) }
        var record = entry.record
        edit(&record)
        guard record != entry.record else { return emit(.reply(request, .ok)) }
        commit([.agent(record)], then: .administer(request, record))
    }

    mutating func administer(_ request: RequestID, _ record: AgentRecord, now: Moment) {
        let id = record.agent_id
        emit(.reply(request, .ok))
        if record.state == .gone {
            unreachableAgents[id] = nil
            removedAgents.append(id)
            return
        }
        guard let old = agents[id] else { return }
        agents[id]?.record.drain = record.drain
        agents[id]?.record.deactivated = record.deactivated
        log(
            "agent changed by an operator",
            ["agent": "\(id)", "deactivated": "\(record.deactivated ?? false)", "drained": "\(record.drain != nil)"])
        if agents[id]?.isActive ?? false {
            allocator.setAgent(id, active: true)
            if !old.isActive { allocate(on: [id], now: now) }
        } else {
            agentBecameInactive(id)
        }
        continueDraining(id, now: now)
    }

    /// Kills what runs on an agent that is drained; marks it gone when it is empty, if that was asked for.
    mutating func continueDraining(_ id: AgentID, now: Moment) {
        guard let drain = agents[id]?.record.drain, agents[id]?.isBeingRemoved == false else { return }
        let running = tasks(on: id).filter { !$0.record.state.isTerminal }
        for var task in running.sorted(by: { $0.record.key < $1.record.key }) where task.kill == nil {
            task.kill = KillPolicy(grace_period: drain.max_grace_period)
            frameworks[task.record.framework_id]?.tasks[task.record.id] = task
            if agents[id]?.link != nil { sendKill(task) }
        }
        // What is terminal but not acknowledged is still owed to its framework.
        guard drain.mark_gone, agents[id]?.tasks.isEmpty ?? true, agents[id]?.isInTransition == false else { return }
        tell(id, .shutdown) {
            $0.agent_id = id
            $0.message = "Agent has been drained and marked gone"
        }
        remove(id, as: .gone, message: "Agent has been drained and marked gone", now: now)
    }
}

extension Reply {
    static let unknownAgent = Reply(status: 404, message: "No agent found with specified ID")
    static func conflict(_ message: String) -> Reply { Reply(status: 409, message: message) }
}
