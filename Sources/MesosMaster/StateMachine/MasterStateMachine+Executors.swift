import Allocator
import ClusterState
import ResourceModel

// Custom executors: what they hold, their end, and the words between them and schedulers (contracts/mesos.md §8.4, §8.5
// rule 7, §11.1).
extension MasterStateMachine {
    /// Notes an executor whose resources the allocator counts as used already.
    mutating func record(_ executor: ExecutorInfo, of framework: FrameworkID, on agent: AgentID) {
        frameworks[framework]?.executors[agent, default: [:]][executor.executor_id] = ExecutorEntry(info: executor)
    }

    /// An executor that an agent reports and this leader does not know yet.
    private mutating func charge(_ executor: ExecutorInfo, of framework: FrameworkID, on agent: AgentID) {
        guard frameworks[framework] != nil, frameworks[framework]?.executors[agent]?[executor.executor_id] == nil else { return }
        allocator.charge(
            Resources(executor.resources), to: framework, on: agent, role: executor.resources.first?.allocation_info?.role)
        record(executor, of: framework, on: agent)
    }

    /// - Returns: whether it was known, that is, whether its resources became free.
    @discardableResult
    private mutating func free(_ executor: ExecutorID, of framework: FrameworkID, on agent: AgentID) -> Bool {
        guard let entry = frameworks[framework]?.executors[agent]?.removeValue(forKey: executor) else { return false }
        if frameworks[framework]?.executors[agent]?.isEmpty ?? false { frameworks[framework]?.executors[agent] = nil }
        allocator.recover(
            entry.resources, from: framework, on: agent, role: entry.info.resources.first?.allocation_info?.role)
        return true
    }

    /// The agent is gone, with all that ran on it.
    mutating func forgetExecutors(on agent: AgentID) {
        for framework in frameworks.keys.sorted() {
            for executor in (frameworks[framework]?.executors[agent] ?? [:]).keys.sorted() { free(executor, of: framework, on: agent) }
        }
    }

    /// The framework is being removed.
    /// - Returns: the agents on which resources became free.
    mutating func forgetExecutors(of framework: FrameworkID) -> Set<AgentID> {
        let executors = frameworks[framework]?.executors ?? [:]
        for (agent, entries) in executors {
            for executor in entries.keys { free(executor, of: framework, on: agent) }
        }
        return Set(executors.keys)
    }

    /// Makes the books agree with what an agent says when it comes back.
    /// - Returns: completed frameworks that still have executors there.
    mutating func reconcileExecutors(on agent: AgentID, with reported: [AgentRegistration.RunningExecutor]) -> Set<FrameworkID> {
        var completed: Set<FrameworkID> = []
        var running: [FrameworkID: Set<ExecutorID>] = [:]
        for executor in reported {
            guard !isCompleted(executor.framework_id) else {
                completed.insert(executor.framework_id)
                continue
            }
            running[executor.framework_id, default: []].insert(executor.executor.executor_id)
            charge(executor.executor, of: executor.framework_id, on: agent)
        }
        for framework in frameworks.keys.sorted() {
            for executor in (frameworks[framework]?.executors[agent] ?? [:]).keys.sorted()
            where !(running[framework]?.contains(executor) ?? false) {
                free(executor, of: framework, on: agent)
            }
        }
        return completed
    }

    // MARK: Reports

    /// - Returns: whether resources became free.
    mutating func executorExited(_ exit: AgentReport.ExecutorExit, on agent: AgentID) -> Bool {
        metrics.count("messages_exited_executor")
        let freed = free(exit.executor_id, of: exit.framework_id, on: agent)
        log("executor exited", ["executor": "\(exit.executor_id)", "framework": "\(exit.framework_id)", "status": "\(exit.status)"])
        if let stream = frameworks[exit.framework_id]?.stream {
            var event = SchedulerEvent(type: .failure)
            event.failure = .init(agent_id: agent, executor_id: exit.executor_id, status: exit.status)
            emit(.tellScheduler(stream, event))
        }
        return freed
    }

    mutating func executorSaid(_ message: AgentReport.Message, on agent: AgentID) {
        metrics.count("messages_executor_to_framework")
        guard let stream = frameworks[message.framework_id]?.stream else {
            return metrics.count("invalid_executor_to_framework_messages")
        }
        metrics.count("valid_executor_to_framework_messages")
        var event = SchedulerEvent(type: .message)
        event.message = .init(agent_id: agent, executor_id: message.executor_id, data: message.data)
        emit(.tellScheduler(stream, event))
    }

    // MARK: Calls

    mutating func message(_ call: SchedulerCall.Message, framework id: FrameworkID) {
        metrics.count("messages_framework_to_executor")
        guard agents[call.agent_id]?.link != nil else { return metrics.count("invalid_framework_to_executor_messages") }
        metrics.count("valid_framework_to_executor_messages")
        tell(call.agent_id, .message) {
            $0.framework_id = id
            $0.executor_id = call.executor_id
            $0.data = call.data
        }
    }

    /// Contract §8.4, SHUTDOWN. An agent that cannot hear it now is not told later: the scheduler sees no FAILURE and asks again.
    mutating func shutdown(_ call: SchedulerCall.Shutdown, framework id: FrameworkID) {
        guard agents[call.agent_id]?.link != nil else {
            return log("SHUTDOWN for an agent that is not connected", ["framework": "\(id)", "agent": "\(call.agent_id)"])
        }
        tell(call.agent_id, .shutdownExecutor) {
            $0.framework_id = id
            $0.executor_id = call.executor_id
        }
    }
}
