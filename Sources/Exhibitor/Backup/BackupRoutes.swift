import EnsembleBackup
import HTTPTypes
import Hummingbird
import Platform

/// `index/get-backups`, `index/backup*`, `ui/backup-config` (contracts/exhibitor.md §6).
struct BackupRoutes<Context: RequestContext>: Sendable {
    let backups: BackupService
    let activityLog: ActivityLog

    /// `GET index/get-backups`.
    private struct Log: Encodable {
        var name: String
        var modifiedDate: Int64
    }

    /// `GET index/backups`: snapshots, too.
    private struct Stored: Encodable {
        var name: String
        var modifiedDate: Int64
        /// `log` or `snapshot`.
        var kind: String
        var bytes: Int
    }

    func add(to router: Router<Context>) {
        let index = router.group("exhibitor/v1/index")
        index.serve("get-backups", [.get]) { _, _ in
            let logs = try await stored().filter { $0.entry.file?.isLog == true }
            return try JSONResponse.make(logs.map { Log(name: $0.entry.name, modifiedDate: $0.entry.modified) })
        }
        index.serve("backups", [.get]) { _, _ in
            try JSONResponse.make(
                try await stored().map { backup in
                    Stored(
                        name: backup.entry.name, modifiedDate: backup.entry.modified,
                        kind: backup.entry.file?.isLog == true ? "log" : "snapshot", bytes: backup.bytes)
                })
        }
        index.serve("backup-state", [.get]) { _, _ in try JSONResponse.make(backups.state.values) }
        index.serve("backup-now", [.post]) { request, _ in
            try SameOrigin.check(request)
            let result = await backups.backUpNow()
            activityLog.add(.info, "The operator asked for a backup: \(result.message)")
            return try JSONResponse.make(result)
        }
        router.group("exhibitor/v1/ui").serve("backup-config", [.get]) { _, _ in
            try JSONResponse.make(await backups.fields())
        }
    }

    private func stored() async throws -> [StoredBackup] {
        do {
            return try await backups.stored()
        } catch {
            throw HTTPError(.internalServerError, message: "The store of backups cannot be read: \(error)")
        }
    }
}
