import CLinux
import EnsembleModel
import Glibc
import Platform

/// Writes the files of one ZooKeeper server, starts its JVM and finds one that runs already.
///
/// Every method blocks (files, fork): call them on a thread of a pool, never on the cooperative one.
public struct ServerLauncher: Sendable {
    /// What becomes of the server when the process that started it ends.
    public enum Lifetime: Sendable {
        /// It lives on in a session of its own and is adopted by the next manager.
        case detached
        /// The kernel kills it when the *thread* which called `start()` ends (tests).
        case boundToThread
    }

    public let settings: ZooKeeperSettings
    public let lifetime: Lifetime

    public init(settings: ZooKeeperSettings, lifetime: Lifetime = .detached) {
        self.settings = settings
        self.lifetime = lifetime
    }

    /// Writes the configuration, starts the server and writes its pid file.
    /// - plan: with which members; nil: those of the settings.
    public func start(_ plan: StartPlan? = nil) throws(ServerStartError) -> ProcessHandle {
        let members = settings.members
        try ServerFiles(settings: settings).write(plan ?? (members.count > 1 ? .members(members) : .standalone))
        let environment = JavaEnvironment(parsing: FileAccess.text(settings.configDirectory + "/java.env") ?? "")
        let command = try JavaCommand(settings: settings, environment: environment, isPresent: FileAccess.isPresent)
        let process = try spawn(command)
        // Written only when a server is started: bootstrap scripts remember its modification time (§12.4).
        do {
            try FileAccess.write("\(process.pid)\n", to: settings.pidPath)
        } catch {
            process.send(signal: SIGKILL)
            throw error
        }
        return process
    }

    /// The server of our `zoo.cfg` when one runs: first the process of the pid file, then any other.
    public func findRunning() -> ProcessHandle? {
        let recorded = FileAccess.text(settings.pidPath).flatMap { Int32($0.prefix { $0.isNumber }) }
        for pid in (recorded.map { [$0] } ?? []) + ProcessTable.processIDs() {
            guard isOurServer(pid) else { continue }
            // Opened first and checked again: the id may have passed to another process in between.
            guard let process = try? ProcessHandle(pid: pid), isOurServer(pid) else { continue }
            return process
        }
        return nil
    }

    private func isOurServer(_ pid: Int32) -> Bool {
        JavaCommand.isServer(ProcessTable.commandLine(of: pid), configurationPath: settings.configurationPath)
    }

    private func spawn(_ command: JavaCommand) throws(ServerStartError) -> ProcessHandle {
        let console = open(settings.consolePath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard console >= 0 else {
            throw .file(operation: "write", path: settings.consolePath, reason: SystemError.current.description)
        }
        defer { close(console) }
        do {
            return try ProcessLauncher.spawn(
                ProcessLauncher.Program(
                    path: command.program, arguments: command.arguments, environment: ProcessEnvironment.current,
                    directory: settings.dataDirectory, output: console,
                    parentDeathSignal: lifetime == .boundToThread ? SIGKILL : 0))
        } catch {
            throw .spawn(program: command.program, reason: error.description)
        }
    }
}
