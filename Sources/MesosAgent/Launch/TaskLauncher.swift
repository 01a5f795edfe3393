import AsyncHTTPClient
import FoundationEssentials
import Glibc
import Logging
import ResourceModel
import TaskProcess

/// The single steps of a task's life on this machine.
struct TaskLauncher: Sendable {
    let store: TaskStore
    let io: BlockingIO
    let shim: ShimProcess
    let fetcher: Fetcher
    let checker: HealthChecker
    let limits: TaskLimits
    let environment: TaskEnvironment
    /// Of the agent's server, once bound: the flag may have left the choice to the system.
    let port: LatestValue<Int?>
    let cgroups: Cgroups?
    /// Tasks run as their user instead of as the agent's.
    let switchesUser: Bool
    let sizes = ContainerSizes()

    /// Everything up to the fork. When it returns the task is checkpointed and its sandbox complete.
    /// - Throws: `LaunchFailure`, or what the file system says (a full disk).
    func prepare(_ task: AgentTask, _ framework: FrameworkInfo, _ run: TaskRun) async throws -> ShimSpecification {
        // The checkpoint comes first: whatever goes wrong then, a restarted agent knows how it ended.
        let user = user(of: task.info, framework)
        let owner = try await identity(of: user)
        try await io.run { [store] in try store.create(run, task: task, framework: framework, owner: owner) }
        if let user, owner == nil { throw LaunchFailure.container("there is no user '\(user)' on this agent") }
        try refuseUnsupported(task.info)
        try await io.run { [store] in
            let resources = ResourceStore(paths: store.paths)
            try resources.link(task.process?.resources ?? task.info.resources, into: store.paths.run(run), owner: owner)
        }
        var specification = try await specification(task, framework, run)
        try await fetcher.fetch(task.info.command?.uris ?? [], into: specification.directory, identity: owner)
        if let cgroups {
            specification.cgroupFiles = try await io.run { [sizes] in
                if task.process != nil { return try sizes.create(run.container, task.info.resources, cgroups) }
                var limits = ContainerSizes.limits(task.info.resources)
                // The command executor's share (contracts/mesos.md §15.1).
                limits.cpus += 0.1
                limits.memory += 32 << 20
                return try cgroups.create(run.container, limits)
            }
        }
        guard specification.encoded() != nil else { throw LaunchFailure.invalid("Command and environment are too large") }
        return specification
    }

    /// Writes down a task of a custom executor, puts its persistent volumes into the executor's sandbox and gives the
    /// executor's container what all of them need.
    /// - Throws: `LaunchFailure`, or what the file system says.
    func checkpoint(_ task: AgentTask, _ framework: FrameworkInfo, _ run: TaskRun, _ size: ContainerSizes.Size) async throws {
        let owner = try await identity(of: user(of: task.info, framework))
        try await io.run { [store] in
            try store.checkpoint(task, run, framework)
            guard task.info.resources.contains(where: { $0.disk?.persistence != nil }) else { return }
            try DirectoryTree.create(store.paths.run(run), mode: 0o755)
            try ResourceStore(paths: store.paths).link(task.info.resources, into: store.paths.run(run), owner: owner)
        }
        try await resize(run.container, size)
    }

    func resize(_ container: ContainerID, _ size: ContainerSizes.Size) async throws {
        guard let cgroups else { return sizes.note(container, size) }
        try await io.run { [sizes] in try sizes.resize(container, size, cgroups) }
    }

    private func refuseUnsupported(_ task: TaskInfo) throws {
        guard let container = task.container else { return }
        if container.type == "DOCKER" || container.docker != nil {
            throw LaunchFailure.container("no containerizer of this agent runs Docker containers")
        }
        if container.mesos?.image != nil { throw LaunchFailure.container("this agent has no image provider") }
        if !container.volumes.isEmpty { throw LaunchFailure.container("volumes are not supported by this agent") }
        if container.network_infos.contains(where: { $0.name != nil }) {
            throw LaunchFailure.container("container networks are not supported by this agent")
        }
    }

    /// How the task is executed: a function of what is checkpointed and of the agent's flags.
    func specification(_ task: AgentTask, _ framework: FrameworkInfo, _ run: TaskRun) async throws -> ShimSpecification {
        let command = try TaskCommand(task.info.command)
        let directory = store.paths.run(run)
        var specification = ShimSpecification(
            executable: command.executable, arguments: command.arguments,
            environment: environment(of: task.process).variables(
                for: run, directory: directory, checkpoint: framework.checkpoint, command: task.info.command),
            directory: directory)
        specification.standardOutput = directory + "/stdout"
        specification.standardError = directory + "/stderr"
        specification.identity = try await identity(of: user(of: task.info, framework))
        return specification
    }

    /// What a custom executor is told of its grace period is what it gets.
    private func environment(of executor: ExecutorInfo?) -> TaskEnvironment {
        var environment = environment
        environment.port = port.current.value ?? environment.port
        if let grace = executor?.shutdown_grace_period {
            environment.shutdownGracePeriod = MesosDuration(.nanoseconds(max(0, grace.nanoseconds))).description
        }
        return environment
    }

    /// Nil: whoever the agent runs as.
    private func user(of task: TaskInfo, _ framework: FrameworkInfo) -> String? {
        guard switchesUser, getuid() == 0 else { return nil }
        let user = task.command?.user ?? task.executor?.command.user ?? framework.user
        return user.isEmpty || user == "root" ? nil : user
    }

    private func identity(of user: String?) async throws -> ShimSpecification.Identity? {
        guard let user else { return nil }
        return try await io.run { UserAccount.identity(of: user) }
    }

    func start(_ run: TaskRun) async throws -> ShimSession {
        let directory = store.paths.metaRun(run)
        let started = try await io.run { [shim] in try shim.startDetached(directory: directory) }
        return try await ShimSession.adopt(descriptor: started.control)
    }

    func reconnect(_ run: TaskRun) async throws -> ShimSession {
        try await ShimSession.connect(directory: store.paths.metaRun(run))
    }

    func isSupervised(_ run: TaskRun) async -> Bool {
        let directory = store.paths.metaRun(run)
        return (try? await io.run { ShimProcess.isAlive(directory: directory) }) ?? true
    }

    func recordedExit(_ run: TaskRun) async -> ShimExit? {
        let directory = store.paths.metaRun(run)
        return (try? await io.run { ShimProcess.exit(directory: directory) }) ?? nil
    }

    func killRemains(_ run: TaskRun) async -> Bool {
        let directory = store.paths.metaRun(run)
        return
            (try? await io.run { [cgroups] in
                cgroups?.killAll(run.container)
                return ShimProcess.killRemains(directory: directory)
            }) ?? false
    }

    func memoryKill(_ run: TaskRun) async -> TaskEnd? {
        guard let cgroups else { return nil }
        return (try? await io.run { cgroups.memoryKill(run.container) }) ?? nil
    }

    /// What only a running task needs.
    func cleanUp(_ run: TaskRun) async {
        sizes.close(run.container)
        guard let cgroups else { return }
        for _ in 0..<100 {
            if (try? await io.run { cgroups.remove(run.container) }) ?? true { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    func failure(_ step: ShimMessage.Step, _ error: Int32, _ specification: ShimSpecification) -> LaunchFailure {
        let text = SystemFailure.text(error)
        switch step {
        case .execute: return .execution("Failed to execute '\(specification.executable)': \(text)")
        case .user: return .container("cannot become the task's user: \(text)")
        case .output: return .container("cannot open stdout and stderr in the sandbox: \(text)")
        case .directory: return .container("cannot enter the sandbox: \(text)")
        case .cgroup: return .container("cannot enter the cgroup: \(text)")
        case .specification, .state, .fork, .session: return .container("\(step.rawValue): \(text)")
        }
    }
}
