/// What a server would start from: its newest intact snapshot and the logs after it.
public struct DataSummary: Sendable, Equatable {
    /// Nil: a server would start from the logs alone.
    public var snapshot: DataFile?
    public var logs: [DataFile] = []
    /// The last transaction; nil when there is neither snapshot nor log.
    public var last: Zxid?
    public var records = 0
    /// Snapshots that are damaged or were never finished; servers skip them.
    public var brokenSnapshots: [String] = []

    /// Reads all the data. Blocks.
    /// - Throws: `BackupError.noSnapshot` when nothing can be started from.
    public static func read(snapshots: String, logs: String) throws -> DataSummary {
        var summary = DataSummary()
        for candidate in try Files.names(in: snapshots).compactMap(DataFile.init(name:)).snapshots {
            guard case .snapshot(_, let compression) = candidate else { continue }
            if try SnapshotSeal.isIntact(OpenFile(reading: "\(snapshots)/\(candidate.name)"), compression: compression) {
                summary.snapshot = candidate
                break
            }
            summary.brokenSnapshots.append(candidate.name)
        }
        summary.last = summary.snapshot?.zxid
        let all = try Files.names(in: logs).compactMap(DataFile.init(name:))
        let needed = all.logs(neededAfter: summary.snapshot?.zxid ?? Zxid(rawValue: 0))
        // Without a snapshot the history must begin at its beginning.
        guard summary.snapshot != nil || (needed.first.map { $0.counter <= 1 && $0.rawValue >> 32 <= 1 } ?? false) else {
            throw BackupError.noSnapshot(directory: snapshots)
        }
        for zxid in needed {
            let log = DataFile.log(first: zxid)
            let extent = try LogExtent(reading: OpenFile(reading: "\(logs)/\(log.name)"))
            summary.logs.append(log)
            summary.records += extent.records
            if let last = extent.last { summary.last = max(last, summary.last ?? last) }
        }
        return summary
    }
}
