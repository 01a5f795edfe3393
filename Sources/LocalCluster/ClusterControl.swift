import FoundationEssentials
import Glibc
import Platform

/// What a person does with a local cluster: bring it up, look at it, take it down.
public struct ClusterControl: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        /// Whether processes were started before it failed; false: nothing was touched.
        public var hasStarted = false
    }

    private let directory: ClusterDirectory
    /// Path of `dcosd`.
    private let program: String
    private let assets: String
    private let taskShim: String
    private let say: @Sendable (String) -> Void

    /// - Parameters:
    ///   - say: prints one line.
    public init(directory: ClusterDirectory, program: String, assets: String, taskShim: String, say: @escaping @Sendable (String) -> Void) {
        self.directory = directory
        self.program = program
        self.assets = assets
        self.taskShim = taskShim
        self.say = say
    }

    // MARK: Up

    /// Starts what does not run yet and returns when every component is ready.
    public func up(_ layout: ClusterLayout, within deadline: Duration = .seconds(180)) async throws {
        let record = ClusterRecord.read(directory)
        if let record, record.layout != layout, record.supervisor?.isRunning == true {
            throw Failure(
                description: "a cluster of \(record.layout.description) runs already in \(directory.root); take it down first (make down)")
        }
        if record?.supervisor?.isRunning == true {
            say("The cluster is already up (\(layout.description)):")
        } else {
            try preflight(layout)
            say("Starting \(layout.description) in \(directory.root)")
            try startSupervisor(layout)
        }
        try await follow(layout, deadline)
    }

    private func preflight(_ layout: ClusterLayout) throws {
        for (path, package) in [
            (taskShim, "the build (task-shim)"), ("/usr/share/java/zookeeper.jar", "Debian's zookeeper"),
            ("/usr/share/java/slf4j-log4j12.jar", "Debian's libslf4j-java"),
        ] where access(path, R_OK) != 0 {
            throw Failure(description: "\(path) is missing: it comes with \(package)")
        }
        let running = RunningComponents(directory)
        for component in layout.components(in: directory, assets: assets, taskShim: taskShim) where !running.contains(component.name) {
            for endpoint in component.listens {
                guard !PortCheck.isFree(endpoint) else { continue }
                // A ZooKeeper server outlives its manager and is adopted by it.
                if component.component == "exhibitor", running.hasLeftovers { continue }
                throw Failure(
                    description: "\(endpoint) is taken by another process; \(component.name) needs it (who: ss -ltnp | grep \(endpoint))")
            }
        }
    }

    private func startSupervisor(_ layout: ClusterLayout) throws {
        for path in [directory.root, directory.logs, directory.run] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        try? FileManager.default.removeItem(atPath: directory.status)
        let log = open(directory.log(of: "supervisor"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else { throw Failure(description: "cannot write \(directory.log(of: "supervisor")): \(SystemError.current)") }
        defer { close(log) }
        let process = try ProcessLauncher.spawn(
            ProcessLauncher.Program(
                path: program,
                arguments: [
                    "supervise", "--directory=\(directory.root)", "--masters=\(layout.masters)", "--agents=\(layout.agents)",
                    "--assets=\(assets)", "--task-shim=\(taskShim)",
                ],
                environment: ProcessEnvironment.current, directory: directory.root, output: log))
        try ClusterRecord(layout: layout, supervisor: RecordedProcess(pid: process.pid)).write(directory)
    }

    /// Prints each change of a component's state until all are ready.
    private func follow(_ layout: ClusterLayout, _ deadline: Duration) async throws {
        let end = ContinuousClock.now + deadline
        var told: [String: SupervisorStateMachine.Phase] = [:]
        while true {
            let components = AtomicFile.read([SupervisorStateMachine.Component].self, directory.status) ?? []
            for component in components where told[component.name] != component.phase {
                told[component.name] = component.phase
                if component.phase != .waiting { say(Self.line(component)) }
            }
            if let failed = components.first(where: { $0.phase == .failed }) {
                throw Failure(description: explain(failed, "ended \(failed.restarts) times without getting ready"), hasStarted: true)
            }
            if !components.isEmpty, components.allSatisfy({ $0.phase == .ready }) { return }
            guard ClusterRecord.read(directory)?.supervisor?.isRunning == true else {
                throw Failure(
                    description: "the supervisor has ended; its log: \(directory.log(of: "supervisor"))\n" + tail("supervisor"),
                    hasStarted: true)
            }
            guard ContinuousClock.now < end else {
                let late = components.first { $0.phase != .ready && $0.phase != .waiting } ?? components.first { $0.phase != .ready }
                throw Failure(
                    description: late.map { explain($0, "is not ready after \(deadline)") } ?? "nothing was started in \(deadline)",
                    hasStarted: true)
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func explain(_ component: SupervisorStateMachine.Component, _ what: String) -> String {
        let how = component.lastExit.map { " (the last time it \($0))" } ?? ""
        return "\(component.name) \(what)\(how); its log: \(directory.log(of: component.name))\n" + tail(component.name)
    }

    private func tail(_ component: String) -> String {
        guard let data = FileManager.default.contents(atPath: directory.log(of: component)) else { return "" }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(10).map { "    \($0)" }.joined(separator: "\n")
    }

    static func line(_ component: SupervisorStateMachine.Component) -> String {
        let name = component.name + String(repeating: " ", count: max(1, 18 - component.name.count))
        var line = "  \(name)\(component.phase.rawValue)"
        if component.phase == .ready, let seconds = component.readyAfter { line += " after \((seconds * 10).rounded() / 10) s" }
        if let pid = component.pid { line += "  (process \(pid))" }
        if component.restarts > 0 { line += "  restarts \(component.restarts)" }
        if [.restarting, .failed].contains(component.phase), let exit = component.lastExit { line += "  it \(exit)" }
        return line
    }

    // MARK: Status

    /// - Returns: whether every component is ready.
    public func status() -> Bool {
        guard let record = ClusterRecord.read(directory) else {
            say("No cluster in \(directory.root). Start one: make up")
            return false
        }
        guard record.supervisor?.isRunning == true else {
            say(
                "The cluster in \(directory.root) has no supervisor (\(LeftoverProcesses(of: directory).find().count) of its processes run). Go on: make up; clean: make down"
            )
            return false
        }
        let components = AtomicFile.read([SupervisorStateMachine.Component].self, directory.status) ?? []
        say("\(record.layout.description) in \(directory.root):")
        for component in components { say(Self.line(component)) }
        return !components.isEmpty && components.allSatisfy { $0.phase == .ready }
    }

    // MARK: Down

    /// Ends every process of the cluster, its tasks too, and removes its files (but not its logs unless told so).
    public func down(keepsLogs: Bool = false) async throws {
        let record = ClusterRecord.read(directory)
        if let supervisor = record?.supervisor?.open() {
            say("Stopping \(record?.layout.description ?? "the cluster")")
            supervisor.send(signal: SIGTERM)
            supervisor.send(signal: SIGCONT)
            let stopped = await withTaskGroup(of: Bool.self) { group in
                group.addTask { await supervisor.waitForExit() != nil }
                group.addTask {
                    try? await Task.sleep(for: .seconds(60))
                    return false
                }
                let first = await group.next() ?? false
                group.cancelAll()
                return first
            }
            if !stopped { supervisor.send(signal: SIGKILL) }
        }
        // Tasks outlive their agents by design; a local cluster takes them along.
        let rest = await LeftoverProcesses(of: directory).end()
        if rest > 0 { say("Ended \(rest) processes of tasks and servers") }
        if record == nil, rest == 0, !FileManager.default.fileExists(atPath: directory.root) {
            say("No cluster in \(directory.root)")
            return
        }
        if keepsLogs {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory.root)) ?? [] where name != "logs" {
                try FileManager.default.removeItem(atPath: directory.root + "/" + name)
            }
        } else if FileManager.default.fileExists(atPath: directory.root) {
            try FileManager.default.removeItem(atPath: directory.root)
        }
        say("The cluster is down")
    }
}

/// Which components of a cluster are running, by their process files.
private struct RunningComponents {
    private let directory: ClusterDirectory
    let hasLeftovers: Bool

    init(_ directory: ClusterDirectory) {
        self.directory = directory
        hasLeftovers = !LeftoverProcesses(of: directory).find().isEmpty
    }

    func contains(_ name: String) -> Bool {
        AtomicFile.read(RecordedProcess.self, directory.processFile(of: name))?.isRunning ?? false
    }
}
