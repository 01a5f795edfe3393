import ResourceModel

// Dynamic reservations and persistent volumes as the agent knows them (contracts/mesos.md §12.4).
extension AgentCore {
    /// Why a task cannot have what it uses, or nil (contract §14, RESOURCES_UNKNOWN).
    func problemWithResources(of task: TaskInfo) -> String? {
        let known = Resources(checkpointedResources)
        for (user, resources) in [("task", task.resources), ("executor", task.executor?.resources ?? [])] {
            let needed = Resources(resources.filter(\.isCheckpointed))
            if !known.contains(needed) {
                return "The checkpointed resources being used by the \(user) are unknown to the agent"
            }
        }
        return nil
    }

    /// The executor of a task that was refused: the master has it in its books unless another task keeps it.
    mutating func exitOfUnlaunched(_ task: TaskInfo, framework: FrameworkID) -> [AgentAction] {
        guard let executor = task.executor else { return [] }
        let key = ExecutorKey(framework: framework, executor: executor.executor_id)
        guard executors[key].map({ $0.state == .terminated }) ?? true else { return [] }
        return reportExit(key, status: -1)
    }
}

extension Resource {
    /// Must be on the agent's disk before it is used.
    var isCheckpointed: Bool { reservation != nil || disk?.persistence != nil }
}
