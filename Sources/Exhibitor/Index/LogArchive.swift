/// Transaction logs of former times, which the server may have purged: the backups.
///
/// An index is made of them and of the logs which the server still has.
protocol LogArchive: Sendable {
    /// Empty when there are none.
    func logs() async throws -> [ArchivedLog]

    /// Puts the log, as the server wrote it, into a file; there is none of this name.
    func fetch(_ log: ArchivedLog, to path: String) async throws
}

/// One backup of one log.
struct ArchivedLog: Sendable, Hashable {
    /// `log.<zxid>`.
    var name: String
    /// Of the log when it was taken, milliseconds since 1970.
    var modifiedDate: Int64

    init(name: String, modifiedDate: Int64) {
        self.name = name
        self.modifiedDate = modifiedDate
    }
}
