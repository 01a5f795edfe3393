import ArgumentParser
import Glibc
import ZooKeeper

/// The command line client.
@main
struct DCOSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcos", abstract: "Command line client of DC/OS.", subcommands: [ZKCommand.self])

    @Flag(name: .long, help: "Print the version of this program and of the cluster.")
    var version = false

    static func main() async {
        if let name = CommandLine.arguments.dropFirst().first(where: { !$0.hasPrefix("-") }), name != "help",
            !configuration.subcommands.contains(where: { $0.configuration.commandName == name })
        {
            StandardOutput.writeError("'\(name)' is not a dcos command.")
            Glibc.exit(1)
        }
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            StandardOutput.writeError(failure.message)
            Glibc.exit(failure.status.rawValue)
        } catch {
            // Help and the like end well; a usage error is told on standard output and ends with 1 (contracts/cli-ui.md B.1).
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            print("Command not recognized\n\n\(fullMessage(for: error))")
            Glibc.exit(1)
        }
    }

    func run() async throws {
        guard version else { throw CleanExit.helpRequest(self) }
        print(
            """
            dcoscli.version=1.8.0
            dcos.version=N/A
            dcos.commit=N/A
            dcos.bootstrap-id=N/A
            """)
    }
}

/// A command that could not do what it was asked: told on standard error, with an exit status scripts can act on.
struct CommandFailure: Error {
    /// The statuses of the `zk` commands (contracts/cli-ui.md C.1).
    enum Status: Int32 {
        case other = 1
        case cannotConnect = 2
        case noQuorum = 3
        case versionConflict = 4
        case noNode = 5
        case noAuth = 6
        case notEmpty = 7
    }

    var status: Status
    var message: String

    init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }

    init(_ error: ZooKeeperError, servers: [String]) {
        let path = error.path ?? "/"
        switch error.code {
        case .noNode: self.init(.noNode, "No such znode: \(path)")
        case .noAuth: self.init(.noAuth, "Not permitted: \(path)")
        case .badVersion: self.init(.versionConflict, "BadVersion: \(path)")
        case .notEmpty: self.init(.notEmpty, "Not empty: \(path)")
        case .notConnected, .connectionLoss, .operationTimeout:
            self.init(.cannotConnect, "Cannot connect to ZooKeeper at \(servers.joined(separator: ","))")
        case .badArguments: self.init(.other, "Not a znode path: \(path)")
        default: self.init(.other, "\(error)")
        }
    }
}
