import ArgumentParser
import Exhibitor

/// Where Exhibitor backs its server's files up to (contracts/exhibitor.md §12.7).
struct BackupArguments: ParsableArguments {
    @Option(name: .customLong("filesystembackup"), help: "true: to a directory, set in backup-extra as directory=<path>.")
    var fileSystemBackup = "false"

    @Option(name: .customLong("s3backup"), help: "true: to S3, set in backup-extra as bucket-name=<name>.")
    var s3Backup = "false"

    func provider() throws -> BackupProvider? {
        try BackupProvider.chosen(fileSystem: fileSystemBackup.lowercased() == "true", s3: s3Backup.lowercased() == "true")
    }

    func validate() throws {
        do { _ = try provider() } catch { throw ValidationError("\(error)") }
    }
}
