import EnsembleModel
import Platform
import Glibc
import Logging
import ServiceLifecycle

/// Runs `ProcessMonitorStateMachine` on a real ZooKeeper server: carries out its actions and tells it what happens.
///
/// When the manager ends, the server lives on and is adopted by the next manager, unless `stopsServerAtEnd`.
public actor ProcessMonitor: Service {
    /// A probe that takes longer counts as no answer.
    static let probeTimeout = Duration.seconds(2)
    /// Answers to clients rest on a probe not older than this (contracts/exhibitor.md §3).
    static let freshness = Duration.seconds(1)

    private enum Work: Sendable {
        case search
        case action(MonitorAction)
        case wake(at: Duration)
    }

    private var machine: ProcessMonitorStateMachine
    private var server: ProcessHandle?
    /// The earliest wake-up that is under way.
    private var wakeAt: Duration?
    private var isProbing = false
    private var probeWaiters: [CheckedContinuation<ProbeResult, Never>] = []

    /// Decides with which members the server starts; nil: with those of the settings.
    private var startPlanning: (@Sendable (ZooKeeperSettings) async -> StartPlan)?
    /// The end of the log of a server that gave up by itself, until the next one does or serves.
    private(set) var lastWords: String?
    private let lifetime: ServerLauncher.Lifetime
    private let stopsServerAtEnd: Bool
    private let activityLog: ActivityLog
    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant
    private let work: AsyncStream<Work>
    private let workQueue: AsyncStream<Work>.Continuation

    public init(
        settings: ZooKeeperSettings, timing: MonitorTiming, restartsEnabled: Bool, activityLog: ActivityLog,
        lifetime: ServerLauncher.Lifetime = .detached, stopsServerAtEnd: Bool = false
    ) {
        machine = ProcessMonitorStateMachine(settings: settings, timing: timing, restartsEnabled: restartsEnabled)
        self.lifetime = lifetime
        self.stopsServerAtEnd = stopsServerAtEnd
        self.activityLog = activityLog
        origin = clock.now
        (work, workQueue) = AsyncStream.makeStream(of: Work.self)
    }

    /// - planning: asked before each start.
    func planStarts(by planning: @escaping @Sendable (ZooKeeperSettings) async -> StartPlan) {
        startPlanning = planning
    }

    // MARK: - Running

    /// Supervises the server until the task is cancelled or the service group shuts down gracefully.
    public func run() async throws {
        workQueue.yield(.search)
        await cancelWhenGracefulShutdown { await self.superviseServer() }
        if stopsServerAtEnd { await stopServer() }
    }

    private func superviseServer() async {
        await withDiscardingTaskGroup { group in
            for await work in work {
                group.addTask { await self.perform(work) }
            }
            group.cancelAll()
        }
    }

    private func perform(_ work: Work) async {
        switch work {
        case .search: await search()
        case .wake(let instant): await wake(at: instant)
        case .action(.start): await startServer()
        case .action(.probe(let run)): await probe(run: run)
        case .action(.terminate), .action(.kill), .action(.log): break
        }
    }

    private func search() async {
        let launcher = ServerLauncher(settings: machine.settings, lifetime: lifetime)
        let found = try? await ServerThread.run {
            launcher.findRunning().map { (process: $0, isCurrent: ServerFiles(settings: launcher.settings).wereStartedWithCurrentSettings) }
        }
        server = found?.process
        submit(.found(pid: server?.pid, isCurrent: found?.isCurrent ?? true))
        if let server { await watch(server) }
    }

    private func startServer() async {
        let settings = machine.settings
        let plan = await startPlanning?(settings)
        if case .wait(let reason) = plan { return submit(.startDeferred(reason: reason)) }
        // They may have changed while the others were asked.
        guard machine.settings == settings else { return submit(.startDeferred(reason: "the configuration changed meanwhile")) }
        let launcher = ServerLauncher(settings: settings, lifetime: lifetime)
        do {
            let process = try await ServerThread.run { try launcher.start(plan) }
            server = process
            submit(.started(pid: process.pid))
            await watch(process)
        } catch {
            submit(.startFailed(reason: "\(error)"))
        }
    }

    private func watch(_ process: ProcessHandle) async {
        guard let exit = await process.waitForExit() else { return }
        if case .code = exit { await quoteLog() }
        submit(.exited(pid: process.pid, exit))
    }

    /// The last words of a server that gave up by itself go to the activity log: they tell why.
    private func quoteLog() async {
        guard case .running = machine.phase else { return }
        lastWords = nil
        let paths = [machine.settings.consolePath, machine.settings.logDirectory + "/" + LoggingConfiguration.fileName]
        let tails = try? await ServerThread.run { paths.compactMap { FileAccess.tail($0, limit: 16_384) }.filter { !$0.isEmpty } }
        lastWords = tails?.joined(separator: "\n")
        let lines = tails?.first?.split(whereSeparator: \.isNewline)
        for line in lines?.suffix(8) ?? [] {
            activityLog.add(.info, "ZooKeeper Server: \(line)")
        }
    }

    /// One probe at a time: whoever asks meanwhile shares its answer.
    private func probeServer() async -> ProbeResult {
        if isProbing { return await withCheckedContinuation { probeWaiters.append($0) } }
        isProbing = true
        let result = await client.probe(timeout: Self.probeTimeout)
        isProbing = false
        for waiter in probeWaiters { waiter.resume(returning: result) }
        probeWaiters = []
        return result
    }

    private func probe(run: Int) async {
        let result = await probeServer()
        submit(.probed(result, run: run))
    }

    private func wake(at instant: Duration) async {
        do { try await clock.sleep(until: origin + instant) } catch { return }
        if let wakeAt, wakeAt <= instant { self.wakeAt = nil }
        submit(.tick)
    }

    // MARK: - The machine

    private var now: Duration { clock.now - origin }

    private func submit(_ event: MonitorEvent) {
        for action in machine.handle(event, at: now) {
            switch action {
            case .log(let kind, let text, let topic): activityLog.add(kind, text, topic: topic)
            // At once: a signal must not overtake or follow another through the queue.
            case .terminate(let pid): signal(SIGTERM, to: pid)
            case .kill(let pid): signal(SIGKILL, to: pid)
            case .start, .probe: workQueue.yield(.action(action))
            }
        }
        scheduleWakeUp()
    }

    private func signal(_ number: Int32, to pid: Int32) {
        guard let server, server.pid == pid else { return }
        server.send(signal: number)
    }

    private func scheduleWakeUp() {
        guard let deadline = machine.nextDeadline else { return }
        if let wakeAt, wakeAt <= deadline { return }
        wakeAt = deadline
        workQueue.yield(.wake(at: deadline))
    }

    // MARK: - Questions and orders

    /// The state of our server, probed anew when the last answer is older than a second.
    public func status() async -> ServerStatus {
        if case .running = machine.phase, machine.lastProbeAt.map({ now - $0 > Self.freshness }) ?? true {
            let run = machine.run
            let result = await probeServer()
            submit(.probed(result, run: run))
        }
        return ServerStatus(
            state: machine.state, isLeader: machine.isLeader, pid: machine.pid, restartCount: machine.restartCount,
            runsCurrentSettings: machine.runsCurrentSettings, mode: machine.mode)
    }

    public var settings: ZooKeeperSettings { machine.settings }
    public var timing: MonitorTiming { machine.timing }
    public var areRestartsEnabled: Bool { machine.restartsEnabled }

    public func start() { submit(.operatorStart) }
    public func stop() { submit(.operatorStop) }
    public func restart() { submit(.operatorRestart) }
    public func switchRestarts(_ enabled: Bool) { submit(.restartsSwitched(enabled)) }
    public func configure(_ settings: ZooKeeperSettings, timing: MonitorTiming) { submit(.configured(settings, timing)) }

    /// The raw answer of our server to a four-letter word; empty when it does not answer.
    public func ask(_ word: String) async -> String {
        (try? await client.ask(word, timeout: .seconds(5))) ?? ""
    }

    private var client: FourLetterClient {
        FourLetterClient(host: machine.settings.probeAddress, port: machine.settings.clientPort)
    }

    private func stopServer() async {
        guard let server, server.exit == nil else { return }
        activityLog.add(.info, "Stopping the ZooKeeper server, process \(server.pid)")
        server.send(signal: SIGTERM)
        let grace = machine.timing.stopGrace
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await server.waitForExit() }
            group.addTask { try? await Task.sleep(for: grace) }
            await group.next()
            group.cancelAll()
        }
        guard server.exit == nil else { return }
        server.send(signal: SIGKILL)
        _ = await server.waitForExit()
    }
}
