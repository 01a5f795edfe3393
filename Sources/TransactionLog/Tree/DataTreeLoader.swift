/// Restores the tree from the files of a server.
public struct DataTreeLoader: Sendable {
    /// What was read, and what was wrong with it.
    public struct Report: Sendable, Equatable {
        /// Nil: the logs begin with the first transaction of all.
        public var snapshot: StorageFile?
        public var logs: [StorageFile] = []
        public var transactions = 0
        /// Of files that were skipped or read in part.
        public var problems: [String] = []

        public init() {}
    }

    public var logs: [StorageFile]
    public var snapshots: [StorageFile]

    public init(logs: [StorageFile], snapshots: [StorageFile]) {
        self.logs = logs.sorted { $0.zxid < $1.zxid }
        self.snapshots = snapshots.sorted { $0.zxid < $1.zxid }
    }

    /// - Parameters:
    ///   - logDirectory: `version-2` with the logs.
    ///   - snapshotDirectory: `version-2` with the snapshots.
    public init(logDirectory: String, snapshotDirectory: String) {
        self.init(
            logs: StorageFile.list(.log, in: logDirectory), snapshots: StorageFile.list(.snapshot, in: snapshotDirectory))
    }

    /// The tree after the transaction `zxid`, or after the last one there is.
    ///
    /// Begins with the newest snapshot not after `zxid` that is whole. Blocks. A snapshot holds some transactions after the
    /// one in its name: a tree up to a `zxid` close behind may show them.
    /// - Throws: `TransactionLogError.file` when a file cannot be read at all.
    public func load(upTo zxid: Int64 = .max) throws(TransactionLogError) -> (tree: DataTree, report: Report) {
        var report = Report()
        var tree = try newestSnapshot(upTo: zxid, &report)
        let first = logs.lastIndex { $0.zxid <= tree.lastZxid &+ 1 } ?? 0
        for log in logs.dropFirst(first) where log.zxid <= zxid {
            report.logs.append(log)
            try replay(log, upTo: zxid, into: &tree, &report)
        }
        return (tree, report)
    }

    private func newestSnapshot(upTo zxid: Int64, _ report: inout Report) throws(TransactionLogError) -> DataTree {
        for snapshot in snapshots.reversed() where snapshot.zxid <= zxid {
            do throws(TransactionLogError) {
                let tree = try DataTree(reading: try SnapshotReader(snapshot), zxid: snapshot.zxid)
                report.snapshot = snapshot
                return tree
            } catch {
                // One that was being written when the server died; those before it are as good.
                report.problems.append("\(snapshot.path): \(error)")
            }
        }
        return DataTree()
    }

    private func replay(
        _ log: StorageFile, upTo zxid: Int64, into tree: inout DataTree, _ report: inout Report
    ) throws(TransactionLogError) {
        var reader: LogReader
        do throws(TransactionLogError) {
            reader = try LogReader(path: log.path, isCompressed: log.compression == .gzip)
        } catch .notALog(let path) {
            // Made, but nothing written yet.
            report.problems.append("\(TransactionLogError.notALog(path: path))")
            return
        }
        while let entry = try reader.next(), entry.header.zxid <= zxid {
            guard entry.header.zxid > tree.lastZxid else { continue }
            do throws(TransactionLogError) {
                tree.apply(try entry.transaction())
                report.transactions += 1
            } catch {
                report.problems.append("\(log.path), offset \(entry.offset): \(error)")
            }
        }
        if case .damage(let reason) = reader.end {
            report.problems.append("\(log.path): damaged after offset \(reader.offset): \(reason)")
        }
    }
}
