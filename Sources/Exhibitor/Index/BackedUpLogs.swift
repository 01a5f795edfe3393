import EnsembleBackup

/// The logs among the backups, for indexes.
struct BackedUpLogs: LogArchive {
    let backups: BackupService

    func logs() async throws -> [ArchivedLog] {
        try await backups.stored().filter { $0.entry.file?.isLog == true }
            .map { ArchivedLog(name: $0.entry.name, modifiedDate: $0.entry.modified) }
    }

    func fetch(_ log: ArchivedLog, to path: String) async throws {
        try await backups.currentDestination()?.fetch(BackupEntry(name: log.name, modified: log.modifiedDate), to: path)
    }
}
