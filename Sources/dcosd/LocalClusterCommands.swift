import ArgumentParser
import FoundationEssentials
import Glibc
import LocalCluster
import Logging
import Platform
import ServiceLifecycle
import UnixSignals

/// Where a local cluster lives and what it is made of.
struct LocalClusterOptions: ParsableArguments {
    @Option(help: "Directory of the cluster's files and logs.")
    var directory = ".cluster"

    @Option(help: "Directory with the files of Exhibitor's page (default: exhibitor beside the checkout's other folders).")
    var assets: String?

    @Option(help: "The task-shim program (default: beside this program).")
    var taskShim: String?

    var paths: (directory: ClusterDirectory, program: String, assets: String, taskShim: String) {
        let program = ProgramPath.current
        let home = program.split(separator: "/").dropLast().joined(separator: "/")
        return (
            ClusterDirectory(root: absolute(directory)), program, absolute(assets ?? "exhibitor"),
            absolute(taskShim ?? "/\(home)/task-shim")
        )
    }

    private func absolute(_ path: String) -> String {
        var path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    func control() -> ClusterControl {
        let paths = paths
        return ClusterControl(
            directory: paths.directory, program: paths.program, assets: paths.assets, taskShim: paths.taskShim,
            say: { line in
                print(line)
                // Progress is wanted now, also in a pipe.
                fflush(nil)
            })
    }
}

/// How many nodes.
struct LocalLayoutOptions: ParsableArguments {
    @Option(help: "Masters: 1, 3 or 5.") var masters = 1
    @Option(help: "Agents: 0 to 50.") var agents = 2

    func layout() throws -> ClusterLayout {
        do { return try ClusterLayout(masters: masters, agents: agents) } catch { throw ValidationError("\(error)") }
    }
}

/// `dcosd up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Starts a whole cluster on this machine: master N on 127.0.1.N, agent N on 127.0.2.N.")

    @OptionGroup var options: LocalClusterOptions
    @OptionGroup var nodes: LocalLayoutOptions
    @Option(help: "Seconds until every component must be ready.") var timeout = 180

    func run() async throws {
        let layout = try nodes.layout()
        let control = options.control()
        do {
            try await control.up(layout, within: .seconds(timeout))
        } catch {
            print("\nThe cluster did not come up: \(error)\n")
            // What was there before belongs to somebody: only what this call started is stopped.
            if (error as? ClusterControl.Failure)?.hasStarted == true { try? await control.down(keepsLogs: true) }
            throw ExitCode.failure
        }
        let master = layout.masterAddresses[0]
        print(
            """

            Exhibitor        http://\(master):8181/
            Mesos master     http://\(master):5050/state
            Marathon API     http://\(master):8080/v2/apps
            Mesos-DNS        dig @\(master) -p 61053 leader.mesos +short
            ZooKeeper        dcos zk ls --zk \(master):2181 /
            State and logs   make status;  \(options.paths.directory.logs)/
            Stop             make down
            """)
    }
}

/// `dcosd status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Shows every component of the local cluster.")
    @OptionGroup var options: LocalClusterOptions

    func run() async throws {
        if !options.control().status() { throw ExitCode.failure }
    }
}

/// `dcosd down`
struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Stops the local cluster with its tasks and removes its files.")
    @OptionGroup var options: LocalClusterOptions
    @Flag(help: "Leave the log files.") var keepLogs = false

    func run() async throws {
        do {
            try await options.control().down(keepsLogs: keepLogs)
        } catch {
            print("The cluster could not be taken down: \(error)")
            throw ExitCode.failure
        }
    }
}

/// `dcosd supervise`: started by `up`.
struct SuperviseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "Keeps the processes of a local cluster running.", shouldDisplay: false)
    @OptionGroup var options: LocalClusterOptions
    @OptionGroup var nodes: LocalLayoutOptions

    func run() async throws {
        LoggingSetup.bootstrap()
        let logger = Logger(label: "supervisor")
        let paths = options.paths
        let supervisor = Supervisor(
            layout: try nodes.layout(), directory: paths.directory, program: paths.program, assets: paths.assets,
            taskShim: paths.taskShim, logger: logger)
        try await ServiceGroup(services: [supervisor], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }
}
