import Allocator
import ClusterState
import ResourceModel

// Kills: told to the agent at once, kept in ZooKeeper while it cannot hear (contracts/mesos.md §21.2, pending kills).
extension MasterStateMachine {
    mutating func kill(_ call: SchedulerCall.Kill, framework id: FrameworkID, now: Moment) {
        guard var task = frameworks[id]?.tasks[call.task_id] else {
            // Contract §8.4: treated as explicit reconciliation.
            return reconcile(.init(tasks: [.init(task_id: call.task_id, agent_id: call.agent_id)]), framework: id, now: now)
        }
        guard call.agent_id == nil || call.agent_id == task.agent, !task.record.state.isTerminal else { return }
        task.kill = call.kill_policy ?? task.kill ?? KillPolicy()
        frameworks[id]?.tasks[call.task_id] = task
        if agents[task.agent]?.link != nil {
            sendKill(task)
        } else if agents[task.agent] != nil {
            agents[task.agent]?.storedKills.kills[task.record.key] = task.kill
            storeKills(on: task.agent)
        }
    }

    mutating func sendKill(_ task: TaskEntry) {
        tell(task.agent, .kill) {
            $0.task_id = task.record.id
            $0.framework_id = task.record.framework_id
            $0.kill_policy = task.kill.flatMap { $0.grace_period == nil ? nil : $0 }
        }
    }

    /// The task ended: a stored kill is done.
    mutating func forgetKill(of task: TaskEntry) {
        guard agents[task.agent]?.storedKills.kills.removeValue(forKey: task.record.key) != nil else { return }
        storeKills(on: task.agent)
    }

    mutating func storeKills(on agent: AgentID) {
        commit([.kills(agent, agents[agent]?.storedKills ?? PendingKills())])
    }
}
