import EnsembleBackup
import Glibc
import Platform

/// Backups in a directory, `<directory>/<file name>/<mtime ms>` (contracts/exhibitor.md §11); it may be a network share.
struct FileSystemDestination: BackupDestination {
    let directory: String

    /// Unfinished files that were not touched for this long have no writer any more, milliseconds.
    private static let leftoverAge: Int64 = 3_600_000

    var description: String { directory }

    func list() async throws -> [StoredBackup] {
        try await Files.onThread {
            var found: [StoredBackup] = []
            for name in try Files.names(in: directory) where DataFile(name: name) != nil {
                let folder = "\(directory)/\(name)"
                guard Files.kind(folder) == .directory else { continue }
                for version in try Files.names(in: folder) {
                    guard let modified = Int64(version), let size = FileAccess.size("\(folder)/\(version)") else { continue }
                    found.append(StoredBackup(entry: BackupEntry(name: name, modified: modified), bytes: size))
                }
            }
            return found
        }
    }

    func store(_ entry: BackupEntry, from path: String) async throws -> Int {
        try await Files.onThread {
            let folder = "\(directory)/\(entry.name)"
            try Files.makeDirectory(folder)
            try PendingFile.removeLeftovers(in: folder, before: Int64(time(nil)) * 1000 - Self.leftoverAge)
            let source = try OpenFile(reading: path)
            let pending = try PendingFile(at: "\(folder)/\(entry.modified)")
            try Gzip.compress(source, to: pending.file)
            do {
                try pending.publish()
            } catch BackupError.targetExists {
                // Another member was faster with the same version.
            }
            return FileAccess.size(pending.path) ?? 0
        }
    }

    func delete(_ entry: BackupEntry) async throws {
        try await Files.onThread {
            let folder = "\(directory)/\(entry.name)"
            let path = "\(folder)/\(entry.modified)"
            guard unlink(path) == 0 || errno == ENOENT else {
                throw BackupError.file(operation: "delete", path: path, reason: SystemError.current.description)
            }
            // Goes only with the last version.
            rmdir(folder)
        }
    }

    func fetch(_ entry: BackupEntry, to path: String) async throws {
        try await Files.onThread {
            let source = try OpenFile(reading: "\(directory)/\(entry.name)/\(entry.modified)")
            let pending = try PendingFile(at: path)
            try Gzip.expand(source, to: pending.file)
            try pending.publish()
        }
    }
}
