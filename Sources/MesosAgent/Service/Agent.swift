import ClusterState
import FoundationEssentials
import Logging
import ResourceModel

/// The agent's state and the carrying out of its decisions. It never waits for disk, network or processes except to store
/// its own id: everything else is handed to services.
actor Agent {
    /// What carries the decisions out.
    struct Hands: Sendable {
        var store: TaskStore
        var io: BlockingIO
        var supervision: TaskSupervision
        /// Of the processes of custom executors, each under its executor's id.
        var executors: TaskSupervision
        /// Streams of executors that are over.
        var endedStreams: Mailbox<EndedStream>
        var updates: UpdateLog
        var publisher: TaskPublisher
        var outbox: Outbox
        var collector: SandboxCollector
        /// The agent's id, for whoever acts in its name.
        var identity: LatestValue<AgentID?>
        /// The epoch to be kept on disk.
        var epoch: LatestValue<Int64>
        /// The HTTP port, once bound.
        var port: LatestValue<Int?>
    }

    /// A task whose last update is acknowledged.
    struct Completed: Sendable {
        var task: AgentTask
        var framework: FrameworkInfo?
        var run: TaskRun
    }

    /// A custom executor that is over, with all its tasks.
    struct CompletedExecutor: Sendable {
        var key: ExecutorKey
        var info: ExecutorInfo
        /// Seconds since the epoch.
        var launched: Double
        var framework: FrameworkInfo?
        var run: TaskRun
    }

    /// Everything the HTTP endpoints show.
    struct Snapshot: Sendable {
        var agentID: AgentID?
        var isConnected: Bool
        var tasks: [AgentTask]
        var frameworks: [FrameworkID: FrameworkInfo]
        var runs: [TaskKey: TaskRun]
        var completed: [Completed]
        /// Custom executors, oldest first, and where they run.
        var executors: [ExecutorMachine]
        var executorRuns: [ExecutorKey: TaskRun]
        var completedExecutors: [CompletedExecutor]
        /// The dynamic reservations and persistent volumes on disk.
        var checkpointedResources: [Resource]
        var counters: Counters
        var isRecovered: Bool
    }

    struct Counters: Sendable, Hashable {
        var finished = 0
        var failed = 0
        var killed = 0
        var lost = 0
        var launchErrors = 0
        var recoveryErrors = 0
        var validUpdates = 0
        var validMessages = 0
        var terminatedExecutors = 0
    }

    static let maximumCompleted = 1000

    var core: AgentCore
    let hands: Hands
    let info: AgentInfo
    private let version: String
    private let incarnation: Int
    let logger: Logger
    var runs: [TaskKey: TaskRun] = [:]
    var executorRuns: [ExecutorKey: TaskRun] = [:]
    /// The streams of executors that are connected.
    var streams: [ExecutorKey: OpenStream] = [:]
    var nextStream = 0
    var nextSize = 0
    var completed: [Completed] = []
    var completedExecutors: [CompletedExecutor] = []
    var knownFrameworks: [FrameworkID: FrameworkInfo] = [:]
    var counters = Counters()
    private(set) var isRecovered = false
    var isStopping = false

    init(core: AgentCore, hands: Hands, info: AgentInfo, version: String, incarnation: Int, logger: Logger) {
        self.core = core
        self.hands = hands
        self.info = info
        self.version = version
        self.incarnation = incarnation
        self.logger = logger
    }

    var now: AgentCore.Moment {
        AgentCore.Moment(instant: .now, time: Date.now.timeIntervalSince1970)
    }

    // MARK: Master

    /// Nil while the agent must not register.
    func registration() -> AgentRegistration? {
        guard isRecovered, let port = hands.port.current.value else { return nil }
        var info = info
        info.port = port
        return core.registration(info: info, pid: "slave(1)@\(core.ip):\(port)", incarnation: incarnation, version: version)
    }

    func report(of news: Outbox.News) -> AgentReport? {
        guard let id = core.agentID, core.isConnected else { return nil }
        return AgentReport(agent_id: id, epoch: core.epoch, updates: news.updates, messages: news.messages, exits: news.exits)
    }

    /// - Returns: false when the command comes from a deposed master.
    func handle(_ command: AgentCommand) async -> Bool {
        guard core.admits(epoch: command.epoch) else {
            logger.warning("A command of an old epoch", metadata: ["epoch": "\(command.epoch)", "seen": "\(core.epoch)"])
            return false
        }
        hands.epoch.set(core.epoch)
        if command.type != .ping {
            logger.info(
                "Command",
                metadata: [
                    "type": "\(command.type.rawValue)", "framework": "\(command.framework_id ?? command.framework_info?.id ?? "")",
                    "task": "\(command.task_id?.value ?? (command.tasks ?? []).map(\.task_id.value).joined(separator: ","))",
                    "message": "\(command.message ?? "")",
                ])
        }
        if command.type == .checkpointResources { await store(command.resources ?? []) }
        await apply(core.handle(command, at: now) { ContainerID(UUID().uuidString.lowercased()) })
        return true
    }

    /// Nothing that comes after it on the stream is done before it is on disk.
    private func store(_ resources: [Resource]) async {
        while !Task.isCancelled {
            do {
                return try await hands.io.run { [store = hands.store] in try ResourceStore(paths: store.paths).store(resources) }
            } catch {
                logger.error("Cannot store the reservations and volumes", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    func disconnected() { core.disconnected() }

    // MARK: Tasks

    func handle(_ event: TaskSupervision.Event, of key: TaskKey) async {
        switch event {
        case .started(let pid):
            logger.info("Task started", metadata: ["task": "\(key)", "pid": "\(pid)"])
            await apply(core.started(key, pid: pid, at: now))
        case .failed(let failure):
            counters.launchErrors += 1
            counters.terminatedExecutors += 1
            await apply(core.failed(key, failure, at: now))
        case .exited(let end, let wasKilled):
            counters.terminatedExecutors += 1
            logger.info("Task ended", metadata: ["task": "\(key)", "end": "\(end)", "killed": "\(wasKilled)"])
            await apply(core.exited(key, end, wasKilled: wasKilled, at: now))
        case .health(let action):
            await apply(core.health(key, action, at: now))
        case .checkpointed(let failure):
            if let failure { logger.warning("A task cannot be launched", metadata: ["task": "\(key)", "reason": "\(failure)"]) }
            await apply(core.checkpointed(key, failure: failure, at: now))
        }
    }

    func persisted(_ key: TaskKey, _ uuid: String) async { await apply(core.persisted(key, uuid, at: now)) }

    func tick() async { await apply(core.tick(at: now)) }

    /// Records of this agent that are in ZooKeeper from before.
    func found(_ records: [TaskRecord]) async {
        for record in records {
            let key = TaskKey(framework: record.framework_id, task: record.id)
            guard runs[key] == nil else { continue }
            logger.warning("A task in ZooKeeper is unknown here", metadata: ["task": "\(key)"])
            await apply(core.recoverStray(record, at: now))
        }
    }

    // MARK: Recovery

    /// - found: every run on disk of the agent's id.
    /// - executors: every run of a custom executor.
    func recover(
        _ found: [TaskStore.Found], executors: [TaskStore.FoundExecutor] = [], problems: [String], isRebooted: Bool
    ) async {
        for problem in problems {
            counters.recoveryErrors += 1
            logger.error("A run on disk cannot be read", metadata: ["directory": "\(problem)"])
        }
        hands.publisher.adopt(core.agentID)
        hands.identity.set(core.agentID)
        for found in found {
            let task = replay(found.checkpoint, found.updates, found.run)
            knownFrameworks[found.run.key.framework] = found.framework
            if found.isComplete {
                remember(task, found.run, found.framework)
                continue
            }
            runs[found.run.key] = found.run
            await apply(core.recover(task, of: found.framework))
            if !task.state.isTerminal {
                hands.supervision.resume(task, of: found.framework, run: found.run, isRebooted: isRebooted)
            }
        }
        await recover(executors, isRebooted: isRebooted)
        isRecovered = true
        logger.info(
            "Recovered", metadata: ["tasks": "\(core.tasks.count)", "completed": "\(completed.count)", "rebooted": "\(isRebooted)"])
    }

    /// A task as its files tell of it.
    func replay(_ checkpoint: TaskStore.Checkpoint, _ updates: [StatusUpdateStream.Entry], _ run: TaskRun) -> AgentTask {
        var task = AgentTask(key: run.key, info: checkpoint.task, containerID: run.container, launched: checkpoint.launched)
        task.stream = .replay(updates)
        var pid: Int32?
        for case .update(let status) in updates {
            task.record(status)
            if let number = status.container_status?.executor_pid { pid = Int32(clamping: number) }
        }
        task.phase = task.state.isTerminal ? .terminated : pid.map { .running(pid: $0) } ?? .launching
        return task
    }

    // MARK: Views

    func snapshot() -> Snapshot {
        Snapshot(
            agentID: core.agentID, isConnected: core.isConnected, tasks: core.tasks.values.sorted { $0.launched < $1.launched },
            frameworks: knownFrameworks.merging(core.frameworks) { $1 }, runs: runs, completed: completed,
            executors: core.executors.values.sorted { $0.launchTime < $1.launchTime }, executorRuns: executorRuns,
            completedExecutors: completedExecutors, checkpointedResources: core.checkpointedResources, counters: counters,
            isRecovered: isRecovered)
    }

    func collected(_ run: TaskRun) {
        completed.removeAll { $0.run.path == run.path }
        completedExecutors.removeAll { $0.run.path == run.path }
    }
}
