import AsyncHTTPClient
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import Platform
import ServiceLifecycle

/// Starts the processes of a local cluster, watches them, and starts again what ends: what systemd does on a real node.
///
/// It may be killed itself: the components live on and the next supervisor adopts them by their process files.
public actor Supervisor: Service {
    private let directory: ClusterDirectory
    private let plan: [String: ComponentPlan]
    private let program: String
    private let logger: Logger
    private var machine: SupervisorStateMachine
    private var processes: [String: ProcessHandle] = [:]
    private let inputs: AsyncStream<SupervisorStateMachine.Event>
    private let feed: AsyncStream<SupervisorStateMachine.Event>.Continuation
    private var probing: Set<String> = []
    private let start = ContinuousClock.now

    /// - program: path of `dcosd`.
    public init(layout: ClusterLayout, directory: ClusterDirectory, program: String, assets: String, taskShim: String, logger: Logger) {
        self.directory = directory
        self.program = program
        self.logger = logger
        let components = layout.components(in: directory, assets: assets, taskShim: taskShim)
        plan = Dictionary(uniqueKeysWithValues: components.map { ($0.name, $0) })
        machine = SupervisorStateMachine(plan: components)
        (inputs, feed) = AsyncStream.makeStream(of: SupervisorStateMachine.Event.self)
    }

    /// Until a graceful shutdown has stopped every component.
    public func run() async throws {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for component in machine.components {
                    guard let recorded = AtomicFile.read(RecordedProcess.self, directory.processFile(of: component.name)),
                        let process = recorded.open()
                    else { continue }
                    logger.info("adopted", metadata: ["component": "\(component.name)", "pid": "\(process.pid)"])
                    hold(process, component.name, &group)
                    feed.yield(.adopted(component.name, pid: process.pid))
                }
                group.addTask {
                    while !Task.isCancelled {
                        self.feed.yield(.tick)
                        try? await Task.sleep(for: .milliseconds(250))
                    }
                }
                loop: for await input in inputs {
                    let actions = machine.handle(input, now: seconds)
                    for action in actions {
                        if action == .finished { break loop }
                        await carryOut(action, client, &group)
                    }
                    if case .tick = input, actions.isEmpty { continue }
                    publish()
                }
                publish()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.feed.yield(.stop)
        }
        try await client.shutdown()
    }

    /// What it knows of every component, in starting order.
    public var components: [SupervisorStateMachine.Component] { machine.components }

    private var seconds: Double {
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    private func carryOut(_ action: SupervisorStateMachine.Action, _ client: HTTPClient, _ group: inout DiscardingTaskGroup) async {
        switch action {
        case .start(let name):
            guard let component = plan[name] else { return }
            do {
                let process = try launch(component)
                logger.info("started", metadata: ["component": "\(name)", "pid": "\(process.pid)"])
                if let recorded = RecordedProcess(pid: process.pid) {
                    try AtomicFile.write(recorded, to: directory.processFile(of: name))
                }
                hold(process, name, &group)
                feed.yield(.started(name, pid: process.pid))
            } catch {
                logger.error("cannot start", metadata: ["component": "\(name)", "error": "\(error)"])
                feed.yield(.startFailed(name, reason: "\(error)"))
            }
        case .terminate(let name):
            guard let process = processes[name] else { return }
            process.send(signal: SIGTERM)
            // A process that was stopped (SIGSTOP) could not end otherwise.
            process.send(signal: SIGCONT)
            group.addTask {
                try? await Task.sleep(for: .seconds(20))
                if process.exit == nil { process.send(signal: SIGKILL) }
            }
        case .probe(let name):
            guard let component = plan[name], probing.insert(name).inserted else { return }
            group.addTask {
                let isReady = await Self.answers(component.probe, client)
                await self.probed(name, isReady)
            }
        case .finished: break
        }
    }

    private func probed(_ name: String, _ isReady: Bool) {
        probing.remove(name)
        feed.yield(.probed(name, isReady: isReady))
    }

    private func hold(_ process: ProcessHandle, _ name: String, _ group: inout DiscardingTaskGroup) {
        processes[name] = process
        group.addTask {
            guard let exit = await process.waitForExit() else { return }
            await self.ended(name, process, "\(exit)")
        }
    }

    private func ended(_ name: String, _ process: ProcessHandle, _ reason: String) {
        guard processes[name] === process else { return }
        processes[name] = nil
        logger.info("ended", metadata: ["component": "\(name)", "pid": "\(process.pid)", "how": "\(reason)"])
        try? FileManager.default.removeItem(atPath: directory.processFile(of: name))
        feed.yield(.exited(name, reason: reason))
    }

    private func launch(_ component: ComponentPlan) throws -> ProcessHandle {
        let log = open(directory.log(of: component.name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw SystemError.current }
        defer { close(log) }
        return try ProcessLauncher.spawn(
            ProcessLauncher.Program(
                path: program, arguments: [component.component] + component.arguments, environment: ProcessEnvironment.current,
                directory: directory.root, output: log))
    }

    private static func answers(_ probe: ComponentPlan.Probe, _ client: HTTPClient) async -> Bool {
        do {
            let response = try await client.execute(HTTPClientRequest(url: probe.url), timeout: .seconds(2))
            let body = try await response.body.collect(upTo: 1 << 16)
            guard response.status.code == 200 else { return false }
            return probe.contains.map { String(buffer: body).contains($0) } ?? true
        } catch {
            return false
        }
    }

    private func publish() {
        do {
            try AtomicFile.write(machine.components, to: directory.status)
        } catch {
            logger.error("cannot write the status", metadata: ["error": "\(error)"])
        }
    }
}
