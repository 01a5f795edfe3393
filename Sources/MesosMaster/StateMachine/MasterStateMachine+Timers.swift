import Allocator
import ClusterState
import ResourceModel

// What time brings: heartbeats, pings, timeouts, the batch allocation.
extension MasterStateMachine {
    /// Seconds between the PINGs of an agent's stream.
    static let pingInterval: Double = 5

    mutating func tick(now: Moment) {
        guard isLeading else { return }
        for (id, framework) in frameworks {
            if let stream = framework.stream, now.uptime - framework.lastHeartbeat >= Self.heartbeatInterval {
                frameworks[id]?.lastHeartbeat = now.uptime
                emit(.tellScheduler(stream, SchedulerEvent(type: .heartbeat)))
            }
            if let deadline = framework.failoverDeadline, framework.stream == nil, !framework.isOrphan, deadline <= now.wall {
                log("failover timeout", ["framework": "\(id)"])
                remove(id, now: now)
            }
        }
        // One look at all agents, and none is changed meanwhile: that would copy the whole dictionary.
        var silent: [AgentID] = []
        var draining: [AgentID] = []
        for (id, agent) in agents {
            if agent.link != nil, now.uptime - agent.lastPing >= Self.pingInterval { silent.append(id) }
            if agent.record.drain != nil { draining.append(id) }
        }
        for id in silent {
            agents[id]?.lastPing = now.uptime
            tell(id, .ping) { $0.agent_id = id }
        }
        for id in draining { continueDraining(id, now: now) }
        if let timeout = configuration.offerTimeout {
            for id in offers.filter({ now.uptime - $0.value.madeAt >= timeout }).keys.sorted() { rescind(id) }
        }
        removeMissingAgents(now: now)
        if now.uptime - lastAllocation >= configuration.allocationInterval {
            lastAllocation = now.uptime
            allocate(now: now)
        }
    }
}
