import ClusterState
import ResourceModel

/// Who uses and is offered what, added up in one pass for all agents, frameworks and roles of a document.
struct Usage: Sendable {
    private(set) var usedOnAgent: [AgentID: ResourceSum] = [:]
    private(set) var usedByFramework: [FrameworkID: ResourceSum] = [:]
    private(set) var offeredOnAgent: [AgentID: ResourceSum] = [:]
    private(set) var offeredToFramework: [FrameworkID: ResourceSum] = [:]

    init(_ machine: MasterStateMachine) {
        for (id, framework) in machine.frameworks {
            var total = ResourceSum()
            for task in framework.tasks.values where task.isCharged {
                let resources = task.record.resources
                total.add(resources)
                usedOnAgent[task.agent, default: ResourceSum()].add(resources)
            }
            for (agent, executor) in framework.knownExecutors {
                total.add(executor.resources)
                usedOnAgent[agent, default: ResourceSum()].add(executor.resources)
            }
            usedByFramework[id] = total
        }
        for entry in machine.offers.values {
            offeredOnAgent[entry.offer.agent_id, default: ResourceSum()].add(entry.offer.resources)
            offeredToFramework[entry.offer.framework_id, default: ResourceSum()].add(entry.offer.resources)
        }
    }

    func used(on agent: AgentID) -> ResourceSum { usedOnAgent[agent] ?? ResourceSum() }
    func used(by framework: FrameworkID) -> ResourceSum { usedByFramework[framework] ?? ResourceSum() }
    func offered(on agent: AgentID) -> ResourceSum { offeredOnAgent[agent] ?? ResourceSum() }
    func offered(to framework: FrameworkID) -> ResourceSum { offeredToFramework[framework] ?? ResourceSum() }
}

extension FrameworkEntry {
    /// Its custom executors, in the order of agents and ids.
    var knownExecutors: [(agent: AgentID, info: ExecutorInfo)] {
        guard !executors.isEmpty else { return [] }
        var known: [(agent: AgentID, info: ExecutorInfo)] = []
        for (agent, entries) in executors.sorted(by: { $0.key < $1.key }) {
            for (_, entry) in entries.sorted(by: { $0.key < $1.key }) { known.append((agent: agent, info: entry.info)) }
        }
        return known
    }
}

extension MasterStateMachine {
    /// What runs on an agent, in full.
    func used(on agent: AgentEntry) -> Resources {
        var sum = Resources()
        for (framework, tasks) in agent.tasks {
            guard let entry = frameworks[framework] else { continue }
            for id in tasks { if let task = entry.tasks[id], task.isCharged { sum += task.resources } }
        }
        for entry in frameworks.values {
            for (id, info) in entry.knownExecutors where id == agent.record.agent_id { sum += Resources(info.resources) }
        }
        return sum
    }

    /// What a framework runs, in full.
    func used(by framework: FrameworkEntry) -> Resources {
        var sum = Resources()
        for task in framework.tasks.values where task.isCharged { sum += task.resources }
        for (_, info) in framework.knownExecutors { sum += Resources(info.resources) }
        return sum
    }
}
