import FoundationEssentials
import Glibc
import Logging
import NIOPosix
import Platform

/// The masters that the simulation may kill, and those it started itself.
actor MasterProcesses {
    enum Failure: Error, CustomStringConvertible {
        case noSuchProcess(pid: Int32)
        case noLog(path: String)
        var description: String {
            switch self {
            case .noSuchProcess(let pid): "--master-pids: there is no process \(pid)"
            case .noLog(let path): "cannot write the masters' log \(path)"
            }
        }
    }

    private struct Master {
        /// Nil for one that was not started here.
        var port: Int?
        var process: ProcessHandle
    }

    private let configuration: SimulationConfiguration
    private let logger: Logger
    /// By `host:port`.
    private var masters: [String: Master] = [:]

    init(_ configuration: SimulationConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    var pids: [String: Int32] { masters.mapValues(\.process.pid) }

    func start() async throws {
        for known in configuration.knownMasters {
            do {
                masters[known.endpoint] = Master(port: nil, process: try ProcessHandle(pid: known.pid))
            } catch {
                throw Failure.noSuchProcess(pid: known.pid)
            }
        }
        for index in 0..<configuration.startMasters { try await start(port: configuration.masterPort + index) }
    }

    /// - Returns: false when the leader is none of ours.
    func kill(_ endpoint: String) async -> Bool {
        guard let master = masters[endpoint] else { return false }
        logger.notice(
            "killing the leading master",
            metadata: ["master": "\(endpoint)", "signal": "\(configuration.killSignal.rawValue)", "pid": "\(master.process.pid)"])
        return master.process.send(signal: configuration.killSignal == .kill ? SIGKILL : SIGTERM)
    }

    /// Starts a killed master again, once it is gone.
    func restart(_ endpoint: String) async throws {
        guard let master = masters[endpoint], let port = master.port else { return }
        _ = await master.process.waitForExit()
        try Task.checkCancellation()
        try await start(port: port)
    }

    /// Ends what was started here.
    func stop() async {
        let own = masters.values.filter { $0.port != nil }.map(\.process)
        for process in own { process.send(signal: SIGKILL) }
        for process in own { _ = await process.waitForExit() }
    }

    private func start(port: Int) async throws {
        let path = configuration.masterLogs.map { "\($0)/master-\(port).log" } ?? "/dev/null"
        let seconds = configuration.masterSessionTimeout / .milliseconds(1)
        let program = configuration.masterProgram
        let arguments = [
            "mesos-master", "--zk=\(configuration.zk)", "--ip=\(configuration.masterIP)", "--port=\(port)",
            "--zk_session_timeout=\(Int(seconds))ms", "--logging_level=\(configuration.masterLogs == nil ? "WARNING" : "INFO")",
        ]
        let process = try await NIOThreadPool.singleton.runIfActive {
            let log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
            guard log >= 0 else { throw Failure.noLog(path: path) }
            defer { close(log) }
            return try ProcessLauncher.spawn(
                .init(path: program, arguments: arguments, environment: ProcessEnvironment.current, output: log))
        }
        masters["\(configuration.masterIP):\(port)"] = Master(port: port, process: process)
    }
}
