/// A store of backups. Every member of the ensemble may write to the same one.
protocol BackupDestination: Sendable {
    /// For people: where it is.
    var description: String { get }

    /// Everything stored; names that are not ours are left out.
    func list() async throws -> [StoredBackup]

    /// Stores a file in gzip form; it appears in `list` only when all of it is there.
    /// - path: of the file, which may grow meanwhile.
    /// - Returns: bytes it takes there.
    func store(_ entry: BackupEntry, from path: String) async throws -> Int

    /// Deleting what is not there is fine.
    func delete(_ entry: BackupEntry) async throws

    /// Gets a file back as the server wrote it.
    /// - path: of the result; must not exist.
    func fetch(_ entry: BackupEntry, to path: String) async throws
}
