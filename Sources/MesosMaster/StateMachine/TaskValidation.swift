import ResourceModel

/// Whether a task may be launched: the checks of contracts/mesos.md §8.5 rule 5, first failure wins.
struct TaskValidation {
    var task: TaskInfo
    /// The agent of the accepted offers.
    var agent: AgentID
    var framework: FrameworkID
    /// What is left of the accepted offers.
    var available: Resources
    /// The executor of the task's executor id that runs on the agent already.
    var liveExecutor: ExecutorInfo?

    /// The message of TASK_ERROR, or nil.
    func problem(isDuplicate: Bool) -> String? {
        if let problem = problemWithIdentifier("TaskID", task.task_id.value) { return problem }
        if let executor = task.executor, let problem = problemWithIdentifier("ExecutorID", executor.executor_id.value) { return problem }
        if isDuplicate { return "Task has duplicate ID: \(task.task_id)" }
        if task.agent_id != agent { return "Task uses invalid agent \(task.agent_id) while agent \(agent) is expected" }
        if (task.command == nil) == (task.executor == nil) {
            return "Task should have at least one (but not both) of CommandInfo or ExecutorInfo present"
        }
        if let other = task.executor?.framework_id, other != framework {
            return "ExecutorInfo has an invalid FrameworkID (Actual: \(other) vs Expected: \(framework))"
        }
        if let executor = task.executor, let liveExecutor, !executor.isSame(as: liveExecutor) {
            return "ExecutorInfo of task '\(task.task_id)' differs from a live executor with the same id '\(executor.executor_id)'"
        }
        if let problem = problemWithResources(task.resources) { return "Task uses invalid resources: \(problem)" }
        if let executor = task.executor, let problem = problemWithResources(executor.resources) {
            return "Executor uses invalid resources: \(problem)"
        }
        if let grace = task.kill_policy?.grace_period, grace.nanoseconds < 0 {
            return "Task's 'kill_policy.grace_period' must be non-negative"
        }
        let used = Resources(task.resources)
        if used.isEmpty { return "Task uses no resources" }
        let needed = used + (liveExecutor == nil ? Resources(task.executor?.resources ?? []) : Resources())
        if !available.contains(needed) { return "Task uses more resources \(needed) than available \(available)" }
        return nil
    }

    /// Ids become directory names (contract §3.4).
    private func problemWithIdentifier(_ kind: String, _ id: String) -> String? {
        let isBad =
            id.isEmpty || id == "." || id == ".." || id.utf8.count > 255
            || id.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.value < 0x20 || $0.value == 0x7f }
        return isBad ? "\(kind) '\(id)' contains invalid characters" : nil
    }

    private func problemWithResources(_ resources: [Resource]) -> String? {
        var revocable: [String: Bool] = [:]
        var volumes: Set<String> = []
        for resource in resources {
            if let problem = resource.invalidity { return problem }
            let isRevocable = resource.revocable != nil
            if let other = revocable[resource.name], other != isRevocable {
                return "Cannot use both revocable and non-revocable '\(resource.name)' at the same time"
            }
            revocable[resource.name] = isRevocable
            if let id = resource.disk?.persistence?.id, !volumes.insert("\(resource.role)/\(id)").inserted {
                return "Persistent volume ID '\(id)' is used twice"
            }
            if resource.name == "gpus", let value = resource.scalar?.value, value != value.rounded() {
                return "The 'gpus' resource must be an unsigned integer"
            }
        }
        return nil
    }
}

extension ExecutorInfo {
    /// Whether both describe one executor: a framework id that is not given counts as that of the other, resources as a bag.
    func isSame(as other: ExecutorInfo) -> Bool {
        var own = self
        own.framework_id = framework_id ?? other.framework_id
        own.resources = Resources(resources) == Resources(other.resources) ? other.resources : resources
        var known = other
        known.framework_id = other.framework_id ?? framework_id
        return own == known
    }
}
