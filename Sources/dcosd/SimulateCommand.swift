import ArgumentParser
import Glibc
import Logging
import MesosMaster
import Platform
import Simulation

/// `dcosd simulate`: load tests and capacity planning without machines.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Plays a cluster of many agents and tasks against real masters and a real ensemble.",
        discussion: """
            Agents, tasks and frameworks are simulated; masters and ZooKeeper are real. Use an ensemble of its own: the \
            simulated agents stay in its registry. Example:
              dcosd simulate --zk zk://127.0.0.1:2181/mesos --start-masters 3 --agents 1000 --tasks 10000 \
            --churn 100/s --kill-master-every 30s --duration 60s
            Exits with 1 when something acknowledged was lost or ran twice, or when it took too long.
            """)

    @Option(name: .customLong("zk"), help: "ZooKeeper: zk://host:port,host:port/mesos.")
    var zk: String
    @Option(help: "Agents, at most 10000.")
    var agents = 100
    @Option(help: "Tasks that are kept running.")
    var tasks = 1000
    @Option(help: "Frameworks that share the tasks.")
    var frameworks = 1
    @Option(help: "Tasks that end per second, e.g. 100/s; half of them are killed.")
    var churn = "0/s"
    @Option(help: "How long tasks come and go once all run, e.g. 60s.")
    var duration = "60s"
    @Option(name: .customLong("kill-master-every"), help: "Kill the leading master each time, e.g. 30s.")
    var killMasterEvery: String?
    @Option(name: .customLong("kill-signal"), help: "KILL or TERM.")
    var killSignal = "KILL"
    @Option(name: .customLong("master-pids"), help: "Masters that may be killed: host:port=pid, separated by commas.")
    var masterPIDs: String?
    @Option(name: .customLong("start-masters"), help: "Masters to start; only these are killed, and started again.")
    var startMasters = 0
    @Option(name: .customLong("master-ip"), help: "Where started masters listen.")
    var masterIP = "127.0.0.1"
    @Option(name: .customLong("master-port"), help: "First port of started masters.")
    var masterPort = 5050
    @Option(name: .customLong("master-logs"), help: "Directory of the logs of started masters (default: none).")
    var masterLogs: String?
    @Option(name: .customLong("master-session-timeout"), help: "ZooKeeper session timeout of started masters.")
    var masterSessionTimeout = "10s"
    @Option(help: "ZooKeeper sessions of the agents (default: one for each 128).")
    var sessions = 0
    @Option(help: "How long agents may take to register, the tasks to run, and the end to settle.")
    var patience = "180s"
    @Flag(help: "Print the report as JSON.")
    var json = false

    func run() async throws {
        LoggingSetup.bootstrap(level: .warning)
        let logger = Logger(label: "simulate")
        let simulation: Simulation
        do {
            simulation = try Simulation(try settings(), logger: logger) { Self.write($0 + "\n", to: STDERR_FILENO) }
        } catch {
            throw ValidationError("\(error)")
        }
        let report = try await simulation.run()
        Self.write((json ? report.json : report.text) + "\n", to: STDOUT_FILENO)
        if !report.isGood { throw ExitCode.failure }
    }

    private func settings() throws -> SimulationConfiguration {
        var result = SimulationConfiguration(zk: zk)
        result.agents = agents
        result.tasks = tasks
        result.frameworks = frameworks
        result.churn = try rate(churn)
        result.duration = try time("duration", duration)
        result.killMasterEvery = try killMasterEvery.map { try time("kill-master-every", $0) }
        guard let signal = SimulationConfiguration.KillSignal(rawValue: killSignal.uppercased()) else {
            throw ValidationError("Invalid --kill-signal '\(killSignal)'; expected KILL or TERM")
        }
        result.killSignal = signal
        result.knownMasters = try (masterPIDs ?? "").split(separator: ",").map { text in
            guard let known = SimulationConfiguration.KnownMaster(text: String(text)) else {
                throw ValidationError("Invalid --master-pids '\(text)'; expected host:port=pid")
            }
            return known
        }
        result.startMasters = startMasters
        result.masterProgram = ProgramPath.current
        result.masterIP = masterIP
        result.masterPort = masterPort
        result.masterLogs = masterLogs
        result.masterSessionTimeout = try time("master-session-timeout", masterSessionTimeout)
        result.sessions = sessions
        result.patience = try time("patience", patience)
        return result
    }

    /// `100/s` or `100`.
    private func rate(_ text: String) throws -> Double {
        let number = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
        guard let rate = Double(number), rate.isFinite, rate >= 0 else {
            throw ValidationError("Invalid --churn '\(text)'; expected e.g. 100/s")
        }
        return rate
    }

    /// `30s`, `2m`, or as the flags of Mesos write durations.
    private func time(_ flag: String, _ text: String) throws -> Duration {
        var seconds = DurationText.seconds(text)
        if seconds == nil, let last = text.last, let unit = ["s": 1.0, "m": 60, "h": 3600][last] {
            seconds = Double(text.dropLast()).map { $0 * unit }
        }
        guard let seconds, seconds.isFinite, (0...1e7).contains(seconds) else {
            throw ValidationError("Invalid --\(flag) '\(text)'; expected a duration such as 30s, 500ms or 2mins")
        }
        return .milliseconds(Int64(seconds * 1000))
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            offset += count
        }
    }
}
