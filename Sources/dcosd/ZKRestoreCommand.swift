import ArgumentParser
import EnsembleBackup
import Exhibitor

/// `dcosd zk-restore`: the data of an archive in the place of this host's (contracts/exhibitor.md §12.5).
struct ZKRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zk-restore",
        abstract: "Puts the data of an archive in the place of this host's ZooKeeper data.",
        discussion: """
            ZooKeeper must be stopped, on every master: dcos-exhibitor too, which would start it again. The data that were \
            there are kept beside the new ones.
            """)

    @Argument(help: "An archive of zk-backup.")
    var archive: String

    @OptionGroup var options: ZKArchiveOptions

    func run() async throws {
        try await options.reportingFailures {
            let layout = await options.layout()
            var restore = EnsembleRestore(layout: layout, archive: archive)
            restore.temporaryDirectory = options.tmpdir
            restore.verification = options.verification
            show(try await restore.run(), layout: layout)
        }
    }

    private func show(_ report: EnsembleRestore.Report, layout: EnsembleLayout) {
        if let znodes = report.verifiedZnodes {
            print("Verified: a server loaded \(znodes) persistent znodes from it, as many as it holds")
        }
        print(
            "Restored \(report.files) files to \(layout.ensembleDirectory)"
                + (report.summary.last.map { ", up to transaction \($0)" } ?? ""))
        if options.verbose {
            let files = (report.summary.snapshot.map { [$0.name] } ?? []) + report.summary.logs.map(\.name)
            print("The server will start from: \(files.joined(separator: ", "))")
            for name in report.summary.brokenSnapshots { print("It will skip \(name), which is damaged or was never finished") }
        }
        if let previous = report.previous { print("The data that were there before are in \(previous); remove them when all is well") }
        print(
            """
            Now restore the same archive on every other master, with ZooKeeper stopped on all of them:
                dcosd zk-restore <the same archive>
            Then start dcos-exhibitor on all masters. A master that starts with other data would bring them back or be unable to join.
            """)
    }
}
