import ArgumentParser
import EnsembleBackup
import Exhibitor

/// `dcosd zk-backup`: the data of this host's ZooKeeper server in one archive (contracts/exhibitor.md §12.5, §16.6).
struct ZKBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zk-backup",
        abstract: "Backs the data of this host's ZooKeeper server up to an archive.",
        discussion: """
            Without --online the server must be stopped, and everything below <state-dir>/zookeeper goes in. With --online \
            it keeps running; the archive then holds its newest snapshot and the logs after it, and with them every change \
            that was acknowledged before the command began.
            """)

    @Argument(help: "The archive, a new .tar.gz; its directory must exist.")
    var archive: String

    @OptionGroup var options: ZKArchiveOptions

    @Flag(help: "Back up while ZooKeeper runs.")
    var online = false

    @Option(
        help: "Make the archive out of scheduled backups: the directory that Exhibitor writes them to, or a copy of its bucket's prefix.")
    var fromStore: String?

    func validate() throws {
        guard fromStore == nil || !online else { throw ValidationError("--online and --from-store exclude each other") }
    }

    func run() async throws {
        try await options.reportingFailures {
            let layout = await options.layout()
            var backup = EnsembleBackup(layout: layout, target: archive)
            backup.temporaryDirectory = options.tmpdir
            backup.verification = options.verification
            let report: EnsembleBackup.Report
            if let fromStore {
                report = try await backup.makeFromStore(fromStore)
            } else if online {
                guard let address = layout.clientAddress else {
                    throw BackupError.notServing(server: layout.stateDirectory, reason: "its zoo.cfg names no client port")
                }
                let server = SettledServer(address: address)
                report = try await backup.makeOnline { try await server.settle() }
            } else {
                report = try await backup.makeOffline()
            }
            show(report)
        }
    }

    private func show(_ report: EnsembleBackup.Report) {
        if options.verbose { for path in report.paths { print(path) } }
        var line = "Backed up to \(archive), \(report.size) bytes"
        if let summary = report.summary {
            line += ": \(summary.snapshot?.name ?? "no snapshot") and \(summary.logs.count) logs"
            if let last = summary.last { line += " up to transaction \(last)" }
        }
        print(line)
        if let znodes = report.verifiedZnodes {
            print("Verified: a server loaded \(znodes) persistent znodes from it, as many as it holds")
        }
    }
}
