import ResourceModel

/// Where an agent keeps what (contracts/mesos.md §15.3). The tree of `slaves` is a contract, the files of `meta` are ours.
struct AgentPaths: Sendable, Hashable {
    /// Absolute, without a slash at the end.
    let work: String

    init(work: String) {
        var work = work
        while work.count > 1, work.hasSuffix("/") { work.removeLast() }
        self.work = work
    }

    var meta: String { work + "/meta" }
    /// Locked for as long as an agent uses the directory.
    var lock: String { meta + "/agent.lock" }
    var bootID: String { meta + "/boot_id" }
    /// The highest epoch of a master that was seen.
    var epoch: String { meta + "/epoch" }
    /// How often an agent was started here.
    var incarnation: String { meta + "/incarnation" }
    /// Dynamic reservations and persistent volumes.
    var resources: String { meta + "/resources" }
    var resourcesInfo: String { resources + "/resources.info" }
    /// What the former is about to become.
    var resourcesTarget: String { resources + "/resources.target" }
    var metaAgents: String { meta + "/slaves" }
    /// A link to the present agent's meta directory.
    var latestAgent: String { metaAgents + "/latest" }
    var agents: String { work + "/slaves" }

    func meta(of agent: AgentID) -> String { "\(metaAgents)/\(agent)" }
    func info(of agent: AgentID) -> String { meta(of: agent) + "/slave.info" }

    func run(_ run: TaskRun) -> String { agents + run.path }
    func latestRun(_ run: TaskRun) -> String { agents + run.executorPath + "/runs/latest" }
    func metaFramework(_ run: TaskRun) -> String { metaAgents + run.frameworkPath }
    func metaRun(_ run: TaskRun) -> String { metaAgents + run.path }
    func frameworkInfo(_ run: TaskRun) -> String { metaFramework(run) + "/framework.info" }
    /// There when the run is a custom executor's.
    func executorInfo(_ run: TaskRun) -> String { metaRun(run) + "/executor.info" }
    /// There when a custom executor's task is over and all its updates are acknowledged.
    func taskSentinel(_ run: TaskRun) -> String { task(run) + "/task.sentinel" }
    /// There when the run is over and all its updates are acknowledged.
    func sentinel(_ run: TaskRun) -> String { metaRun(run) + "/executor.sentinel" }
    func task(_ run: TaskRun) -> String { "\(metaRun(run))/tasks/\(run.key.task)" }
    func taskInfo(_ run: TaskRun) -> String { task(run) + "/task.info" }
    func updates(_ run: TaskRun) -> String { task(run) + "/task.updates" }
}

/// One run of a task. Without an executor it is a command task's, whose executor bears its id, or the process of a custom
/// executor, under the executor's id.
struct TaskRun: Sendable, Hashable {
    var agent: AgentID
    var key: TaskKey
    var container: ContainerID
    /// The custom executor that runs the task.
    var executor: ExecutorID?

    init(agent: AgentID, key: TaskKey, container: ContainerID, executor: ExecutorID? = nil) {
        self.agent = agent
        self.key = key
        self.container = container
        self.executor = executor
    }

    /// The executor's id.
    var executorID: ExecutorID { executor ?? ExecutorID(key.task.value) }
    var frameworkPath: String { "/\(agent)/frameworks/\(key.framework)" }
    var executorPath: String { "\(frameworkPath)/executors/\(executorID)" }
    var path: String { "\(executorPath)/runs/\(container)" }

    /// Why its ids cannot be names of directories, or nil.
    var invalidity: String? {
        for (kind, id) in [("TaskID", key.task.value), ("FrameworkID", key.framework.value), ("ExecutorID", executorID.value)] {
            if id.isEmpty || id == "." || id == ".." || id.utf8.count > 255
                || id.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" || $0.value < 0x20 || $0.value == 0x7f })
            {
                return "\(kind) '\(id.prefix(300))' contains invalid characters"
            }
        }
        return nil
    }
}
