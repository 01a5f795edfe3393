import FoundationEssentials
import Glibc
import Logging
import ResourceModel
import Synchronization
import TaskProcess

/// Runs the tasks: one child task of this service per command task, from its sandbox to its end.
final class TaskSupervision: Sendable {
    enum Event: Sendable {
        case started(pid: Int32)
        case failed(LaunchFailure)
        case exited(TaskEnd, wasKilled: Bool)
        case health(HealthCheckMachine.Action)
        /// A custom executor's task is on disk, or why it is not.
        case checkpointed(LaunchFailure?)
    }

    private enum Job: Sendable {
        case launch(AgentTask, FrameworkInfo, TaskRun)
        case resume(AgentTask, FrameworkInfo, TaskRun, isRebooted: Bool)
        case checkpoint(AgentTask, FrameworkInfo, TaskRun, ContainerSizes.Size)
        case resize(ContainerID, ContainerSizes.Size)
    }

    private let launcher: TaskLauncher
    private let report: @Sendable (TaskKey, Event) async -> Void
    private let logger: Logger
    private let jobs: AsyncStream<(Job, KillRequests)>
    private let submit: AsyncStream<(Job, KillRequests)>.Continuation
    private let kills = Mutex<[TaskKey: KillRequests]>([:])

    init(launcher: TaskLauncher, logger: Logger, report: @escaping @Sendable (TaskKey, Event) async -> Void) {
        self.launcher = launcher
        self.logger = logger
        self.report = report
        (jobs, submit) = AsyncStream.makeStream()
    }

    func launch(_ task: AgentTask, of framework: FrameworkInfo, run: TaskRun) {
        submit.yield((.launch(task, framework, run), requests(for: task.key)))
    }

    /// A task of an earlier process of this agent.
    func resume(_ task: AgentTask, of framework: FrameworkInfo, run: TaskRun, isRebooted: Bool) {
        submit.yield((.resume(task, framework, run, isRebooted: isRebooted), requests(for: task.key)))
    }

    /// Writes down a task of a custom executor.
    func checkpoint(_ task: AgentTask, of framework: FrameworkInfo, run: TaskRun, size: ContainerSizes.Size) {
        submit.yield((.checkpoint(task, framework, run, size), KillRequests()))
    }

    func resize(_ container: ContainerID, _ size: ContainerSizes.Size) { submit.yield((.resize(container, size), KillRequests())) }

    func kill(_ key: TaskKey, grace: Duration) {
        kills.withLock { $0[key] }?.request(grace: grace)
    }

    private func requests(for key: TaskKey) -> KillRequests {
        let requests = KillRequests()
        kills.withLock { $0[key] = requests }
        return requests
    }

    /// Until cancelled. Tasks go on: their shims do not need this process.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await (job, kills) in jobs {
                group.addTask {
                    switch job {
                    case .launch(let task, let framework, let run): await self.launch(task, framework, run, kills)
                    case .resume(let task, let framework, let run, let isRebooted):
                        await self.resume(task, framework, run, kills, isRebooted: isRebooted)
                    case .checkpoint(let task, let framework, let run, let size): await self.checkpoint(task, framework, run, size)
                    case .resize(let container, let size):
                        // A container that is going has nothing to resize.
                        try? await self.launcher.resize(container, size)
                    }
                }
            }
        }
    }

    private func forget(_ key: TaskKey, _ requests: KillRequests) {
        kills.withLock { if $0[key] === requests { $0[key] = nil } }
    }

    // MARK: A launch

    private enum Preparation: Sendable {
        case ready(ShimSpecification)
        case killed
        case cancelled
    }

    private func launch(_ task: AgentTask, _ framework: FrameworkInfo, _ run: TaskRun, _ kills: KillRequests) async {
        defer { forget(task.key, kills) }
        do {
            let preparation = try await withThrowingTaskGroup(of: Preparation.self) { group in
                group.addTask { .ready(try await self.launcher.prepare(task, framework, run)) }
                group.addTask { await kills.next() == nil ? .cancelled : .killed }
                let first = try await group.next() ?? .cancelled
                group.cancelAll()
                // A kill that was taken at the same moment must not get lost.
                var result = first
                while let other = try? await group.next() {
                    if case .killed = other { result = .killed }
                }
                return result
            }
            let specification: ShimSpecification
            switch preparation {
            case .ready(let ready): specification = ready
            case .killed: throw LaunchFailure.container("killed")
            case .cancelled: throw CancellationError()
            }
            let session = try await launcher.start(run)
            await follow(session, specification, task, run, kills)
        } catch is CancellationError {
            // The agent stops; what there is of the task is found at the next start.
        } catch {
            let failure = error as? LaunchFailure ?? .container("\(error)")
            logger.warning("A task failed to start", metadata: ["task": "\(task.key)", "reason": "\(failure)"])
            await launcher.cleanUp(run)
            await report(task.key, .failed(failure))
        }
    }

    private func checkpoint(_ task: AgentTask, _ framework: FrameworkInfo, _ run: TaskRun, _ size: ContainerSizes.Size) async {
        do {
            try await launcher.checkpoint(task, framework, run, size)
            await report(task.key, .checkpointed(nil))
        } catch is CancellationError {
            // The agent stops; nobody has been told of the task.
        } catch {
            await report(task.key, .checkpointed(error as? LaunchFailure ?? .container("\(error)")))
        }
    }

    // MARK: After a restart

    private func resume(_ task: AgentTask, _ framework: FrameworkInfo, _ run: TaskRun, _ kills: KillRequests, isRebooted: Bool) async {
        defer { forget(task.key, kills) }
        guard let specification = try? await launcher.specification(task, framework, run) else {
            await report(task.key, .exited(.lost("The agent cannot read what it launched"), wasKilled: false))
            return
        }
        if isRebooted {
            await end(await launcher.recordedExit(run), otherwise: .rebooted, task, run)
            return
        }
        await follow(nil, specification, task, run, kills)
    }

    /// Stays with the shim, over broken connections, until the task has ended.
    private func follow(
        _ session: ShimSession?, _ specification: ShimSpecification, _ task: AgentTask, _ run: TaskRun, _ kills: KillRequests
    ) async {
        let starting = session != nil
        var session = session
        var bytes = starting ? specification.encoded() : nil
        await withTaskGroup(of: Void.self) { checks in
            let checking = Once()
            let breach = TaskLimits.Breach()
            while !Task.isCancelled {
                guard let current = session else {
                    guard await launcher.isSupervised(run) else {
                        checks.cancelAll()
                        await end(await launcher.recordedExit(run), otherwise: nil, breach: breach.value, task, run)
                        return
                    }
                    session = try? await launcher.reconnect(run)
                    if session == nil { try? await Task.sleep(for: .milliseconds(50)) }
                    continue
                }
                let (events, started) = AsyncStream<Int32>.makeStream()
                let ending = await withTaskGroup(of: ShimSession.Ending?.self) { group in
                    group.addTask { [bytes] in
                        let ending = await current.follow(specification: bytes, kills: kills) { pid, _ in started.yield(pid) }
                        started.finish()
                        return ending
                    }
                    var iterator = events.makeAsyncIterator()
                    while let pid = await iterator.next() {
                        await report(task.key, .started(pid: pid))
                        guard checking.isFirst() else { continue }
                        checks.addTask {
                            let paths = self.launcher.store.paths
                            await self.launcher.limits.watch(
                                task, directory: paths.run(run),
                                resources: { self.launcher.sizes.resources(run.container) ?? task.info.resources },
                                record: paths.metaRun(run) + "/" + ShimFiles.process, kills: kills,
                                breach: breach)
                        }
                        if let check = task.info.health_check {
                            checks.addTask {
                                await self.launcher.checker.run(check, specification: specification, healthy: task.isHealthy) { action in
                                    await self.report(task.key, .health(action))
                                }
                            }
                        }
                    }
                    return await group.next() ?? nil
                }
                bytes = nil
                session = nil
                switch ending {
                case .exited(let exit):
                    checks.cancelAll()
                    await end(exit, otherwise: nil, breach: breach.value, task, run)
                    return
                case .failed(let step, let error):
                    checks.cancelAll()
                    await launcher.cleanUp(run)
                    await report(task.key, .failed(launcher.failure(step, error, specification)))
                    return
                case .disconnected, nil:
                    continue
                }
            }
            checks.cancelAll()
        }
    }

    /// - breach: what it was ended for, if for a limit.
    private func end(_ exit: ShimExit?, otherwise: TaskEnd?, breach: TaskEnd? = nil, _ task: AgentTask, _ run: TaskRun) async {
        let end: TaskEnd
        switch exit?.cause {
        case .code(let code): end = .code(code)
        case .signal(let signal): end = .signal(signal)
        case nil:
            let ran = await launcher.killRemains(run)
            end = otherwise ?? .lost(ran ? "Abnormal executor termination" : "The agent was restarted before the task was started")
        }
        let memory = exit.map { $0.cause != .code(0) } ?? true ? await launcher.memoryKill(run) : nil
        await launcher.cleanUp(run)
        if Task.isCancelled { return }
        if let breach {
            await report(task.key, .exited(breach, wasKilled: false))
        } else if let memory, !(exit?.wasKilled ?? false) {
            await report(task.key, .exited(memory, wasKilled: false))
        } else {
            await report(task.key, .exited(end, wasKilled: exit?.wasKilled ?? false))
        }
    }
}
