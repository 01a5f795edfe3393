import EnsembleBackup

/// One version of a file in the store of backups (contracts/exhibitor.md §11): two with the same name and time are the
/// same.
public struct BackupEntry: Sendable, Hashable {
    /// `log.100000001`, `snapshot.100000001`.
    public var name: String
    /// Modification time of the file that was backed up, milliseconds since 1970.
    public var modified: Int64

    public init(name: String, modified: Int64) {
        self.name = name
        self.modified = modified
    }

    /// Nil for a name that is no log's or snapshot's: not ours.
    var file: DataFile? { DataFile(name: name) }
}

/// An entry as the store lists it.
public struct StoredBackup: Sendable, Hashable {
    public var entry: BackupEntry
    /// Bytes it takes there, compressed.
    public var bytes: Int

    public init(entry: BackupEntry, bytes: Int) {
        self.entry = entry
        self.bytes = bytes
    }
}
