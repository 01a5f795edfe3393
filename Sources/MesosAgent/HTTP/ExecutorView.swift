import ResourceModel

/// An executor as the agent's documents show it: a custom one with its tasks, or the command executor that the original
/// would have started for a task (contracts/mesos.md §6.1, §15.1).
struct ExecutorView: Sendable {
    enum State: Sendable, Hashable { case registering, running, terminating, terminated }

    struct Entry: Sendable {
        var task: AgentTask
        var run: TaskRun
    }

    /// Tasks of one executor that are over and still shown.
    static let maximumCompletedTasks = 200

    var key: ExecutorKey
    /// Without its command's environment, which holds secrets.
    var info: ExecutorInfo
    /// Of the sandbox.
    var run: TaskRun
    var state: State
    /// Of its process, while it runs.
    var pid: Int32?
    /// Seconds since the epoch.
    var launched: Double
    var queued: [Entry] = []
    var running: [Entry] = []
    /// Over, but the last update is not acknowledged yet.
    var terminated: [Entry] = []
    var completed: [Entry] = []

    /// Of the executor and its tasks that are not over.
    var resources: Resources {
        (queued + running).reduce(Resources(info.resources)) { $0 + Resources($1.task.info.resources) }
    }

    /// As the newest of its tasks tells it.
    var status: ContainerStatus {
        let shown = (running + terminated + completed).lazy.compactMap { $0.task.statuses.last?.container_status }.first
        var status = shown ?? ContainerStatus()
        status.container_id = run.container
        status.executor_pid = pid.map(Int.init)
        return status
    }

    private init(_ key: ExecutorKey, _ info: ExecutorInfo, _ run: TaskRun, _ state: State, pid: Int32?, launched: Double) {
        self.key = key
        self.info = info
        self.info.framework_id = key.framework
        self.info.command.environment = nil
        self.info.data = nil
        self.run = run
        self.state = state
        self.pid = pid
        self.launched = launched
    }

    /// Of a command task.
    private init(_ task: AgentTask, _ run: TaskRun, isCompleted: Bool) {
        let state: State
        var pid: Int32?
        switch task.phase {
        case .launching: state = .registering
        case .running(let number):
            state = task.killCause == nil ? .running : .terminating
            pid = number
        case .terminated: state = .terminated
        }
        var info = ExecutorInfo(executor_id: task.executorID, command: task.info.command ?? CommandInfo(shell: ""))
        info.name = TaskCommand.executorName(of: task.info)
        info.source = task.key.task.value
        info.labels = task.info.labels
        // The command executor's share (contracts/mesos.md §15.1).
        info.resources = [.scalar("cpus", 0.1), .scalar("mem", 32)]
        self.init(
            ExecutorKey(process: task.key), info, run, isCompleted ? .terminated : state, pid: isCompleted ? nil : pid,
            launched: task.launched)
        let entry = Entry(task: task, run: run)
        if isCompleted {
            completed = [entry]
        } else if task.state.isTerminal {
            terminated = [entry]
        } else if task.phase == .launching {
            queued = [entry]
        } else {
            running = [entry]
        }
    }

    /// All of an agent, oldest first: those that are not done with, and those that are.
    static func all(_ snapshot: Agent.Snapshot) -> (active: [ExecutorView], completed: [ExecutorView]) {
        let tasks = Dictionary(grouping: snapshot.tasks, by: \.containerID)
        let over = Dictionary(grouping: snapshot.completed, by: \.run.container)
        func completedTasks(_ container: ContainerID) -> [Entry] {
            (over[container] ?? []).suffix(maximumCompletedTasks).map { Entry(task: $0.task, run: $0.run) }
        }
        var active = snapshot.tasks.filter { $0.executorKey == nil }.compactMap { task in
            snapshot.runs[task.key].map { ExecutorView(task, $0, isCompleted: false) }
        }
        for machine in snapshot.executors {
            guard let run = snapshot.executorRuns[machine.key] else { continue }
            let state: State =
                switch machine.state {
                case .registering: .registering
                case .running: .running
                case .terminating: .terminating
                case .terminated: .terminated
                }
            var view = ExecutorView(
                machine.key, machine.info, run, state, pid: machine.state == .terminated ? nil : machine.pid,
                launched: machine.launchTime)
            let waiting = Set(machine.queued.map(\.task_id))
            for task in tasks[machine.containerID] ?? [] where task.executorKey == machine.key {
                let entry = Entry(task: task, run: snapshot.runs[task.key] ?? run)
                if task.state.isTerminal {
                    view.terminated.append(entry)
                } else if waiting.contains(task.key.task) {
                    view.queued.append(entry)
                } else {
                    view.running.append(entry)
                }
            }
            view.completed = completedTasks(machine.containerID)
            active.append(view)
        }
        var completed = snapshot.completed.filter { $0.run.executor == nil }.map { ExecutorView($0.task, $0.run, isCompleted: true) }
        for executor in snapshot.completedExecutors {
            var view = ExecutorView(executor.key, executor.info, executor.run, .terminated, pid: nil, launched: executor.launched)
            view.completed = completedTasks(executor.run.container)
            completed.append(view)
        }
        return (active.sorted { $0.launched < $1.launched }, completed.sorted { $0.launched < $1.launched })
    }
}
