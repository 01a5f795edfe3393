/// Whether a server may load transaction logs without any snapshot (contracts/exhibitor.md §13.1).
///
/// A server of version 3.4 could have none yet. Later such data are damaged: a snapshot was lost, and the logs before it
/// with it. So they are trusted at the first start of a migrated server only, which then writes a snapshot.
enum SnapshotTrust {
    static let key = "snapshot.trust.empty"

    /// - Parameters:
    ///   - data: names of the files in `version-2` of the data and the log directory.
    ///   - previous: text of the `zoo.cfg` of our last server; nil: we never started one here.
    static func isNeeded(data: [String], previous: String?) -> Bool {
        guard data.contains(where: { $0.hasPrefix("log.") }), !data.contains(where: { $0.hasPrefix("snapshot.") }) else { return false }
        // A first start that failed may be repeated.
        return previous.map { $0.split(whereSeparator: \.isNewline).contains("\(key)=true") } ?? true
    }
}
