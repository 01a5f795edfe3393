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
    let cgroups: Cgroups?
    /// Tasks run as their user instead of as the agent's.
    let switchesUser: Bool

    /// Everything up to the fork. When it returns the task is checkpointed and its sandbox complete.
    /// - Throws: `LaunchFailure`, or what the file system says (a full disk).
    func prepare(_ task: AgentTask, _ framework: FrameworkInfo, _ run: TaskRun) async throws -> ShimSpecification {
        // The checkpoint comes first: whatever goes wrong then, a restarted agent knows how it ended.
        let user = user(of: task.info, framework)
        let owner = try await identity(of: user)
        try await io.run { [store] in try store.create(run, task: task, framework: framework, owner: owner) }
        if let user, owner == nil { throw LaunchFailure.container("there is no user '\(user)' on this agent") }
        try refuseUnsupported(task.info)
        var specification = try await specification(task, framework, run)
        try await fetcher.fetch(task.info.command?.uris ?? [], into: specification.directory, identity: owner)
        if let cgroups {
            let resources = Resources(task.info.resources)
            let revocable = Resources(task.info.resources.filter { $0.revocable != nil })
            let limits = Cgroups.Limits(
                cpus: resources.cpus + 0.1, revocableCPUs: revocable.cpus, memory: Int((resources.mem + 32) * 1_048_576))
            specification.cgroupFiles = try await io.run { try cgroups.create(run.container, limits) }
        }
        guard specification.encoded() != nil else { throw LaunchFailure.invalid("Command and environment are too large") }
        return specification
    }

    private func refuseUnsupported(_ task: TaskInfo) throws {
        if task.executor != nil {
            throw LaunchFailure.container("custom executors are not supported by this agent; give the task a command")
        }
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
            environment: environment.variables(
                for: run, directory: directory, checkpoint: framework.checkpoint, command: task.info.command),
            directory: directory)
        specification.standardOutput = directory + "/stdout"
        specification.standardError = directory + "/stderr"
        specification.identity = try await identity(of: user(of: task.info, framework))
        return specification
    }

    /// Nil: whoever the agent runs as.
    private func user(of task: TaskInfo, _ framework: FrameworkInfo) -> String? {
        guard switchesUser, getuid() == 0 else { return nil }
        let user = task.command?.user ?? framework.user
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

    func memoryKill(_ run: TaskRun) async -> (limit: Int, used: Int)? {
        guard let cgroups else { return nil }
        return (try? await io.run { cgroups.memoryKill(run.container) }) ?? nil
    }

    /// What only a running task needs.
    func cleanUp(_ run: TaskRun) async {
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
