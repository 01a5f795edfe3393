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
            SuperviseCommand.self,
        ])
}
