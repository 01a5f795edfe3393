import Glibc

/// A copy of what a server would start from, out of a directory of scheduled backups: the newest snapshot that is whole,
/// and the logs after it, each in its newest version (contracts/exhibitor.md §11). Every call blocks.
struct StoreCopy: Sendable {
    /// `<store>/<file name>/<mtime ms>`, in gzip form.
    let store: String
    /// An empty directory; the copy goes to its `zookeeper`.
    let target: String

    private var snapshots: String { target + "/zookeeper/snapshot/version-2" }
    private var logs: String { target + "/zookeeper/transactions/version-2" }

    /// - Throws: `BackupError.noSnapshot` when the store holds nothing to start from, `BackupError.badArchive` when a file in
    ///   it is damaged.
    func make() throws -> DataSummary {
        guard Files.isDirectory(store) else { throw BackupError.missingData(path: store) }
        try Files.makeDirectory(snapshots)
        try Files.makeDirectory(logs)
        let stored = try Files.names(in: store).compactMap(DataFile.init(name:))
        let snapshot = try copySnapshot(stored)
        for zxid in stored.logs(neededAfter: snapshot?.zxid ?? Zxid(rawValue: 0)) { try copyLog(.log(first: zxid)) }
        return try DataSummary.read(snapshots: snapshots, logs: logs)
    }

    private func copySnapshot(_ stored: [DataFile]) throws -> DataFile? {
        for candidate in stored.snapshots {
            guard case .snapshot(_, let compression) = candidate, let path = try newestVersion(of: candidate) else { continue }
            let copy = try Files.open("\(snapshots)/\(candidate.name)", O_RDWR | O_CREAT | O_EXCL)
            try Gzip.expand(OpenFile(reading: path), to: copy)
            if try SnapshotSeal.isIntact(copy, compression: compression) { return candidate }
            unlink(copy.path)
        }
        return nil
    }

    /// Only whole records: a log is backed up while the server writes it.
    private func copyLog(_ log: DataFile) throws {
        guard let path = try newestVersion(of: log) else { return }
        let raw = try Files.open("\(target)/\(log.name)", O_RDWR | O_CREAT | O_EXCL)
        defer { unlink(raw.path) }
        try Gzip.expand(OpenFile(reading: path), to: raw)
        let copy = try Files.open("\(logs)/\(log.name)", O_RDWR | O_CREAT | O_EXCL)
        let extent = try LogExtent(reading: raw) { try copy.write($0) }
        if extent.records == 0 { unlink(copy.path) }
    }

    private func newestVersion(of file: DataFile) throws -> String? {
        let folder = "\(store)/\(file.name)"
        return try Files.names(in: folder).compactMap { Int64($0) }.max().map { "\(folder)/\($0)" }
    }
}
