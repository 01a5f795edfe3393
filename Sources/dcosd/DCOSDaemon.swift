import ArgumentParser

/// The node binary: one file per node, one process per component (a subcommand each).
@main
struct DCOSDaemon: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dcosd",
        abstract: "Runs one component of a DC/OS node.",
        version: DCOSVersion.current,
        subcommands: [
            ExhibitorCommand.self,
            MesosMasterCommand.self,
            MesosAgentCommand.self,
            MarathonCommand.self,
            MesosDNSCommand.self,
            ZKBackupCommand.self,
            ZKRestoreCommand.self,
            UpCommand.self,
            StatusCommand.self,
            DownCommand.self,
            SimulateCommand.self,
            SuperviseCommand.self,
        ])
}

extension DCOSDaemon {
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            UsageError(error, arguments: Array(CommandLine.arguments.dropFirst()))?.exit()
            exit(withError: error)
        }
    }
}
