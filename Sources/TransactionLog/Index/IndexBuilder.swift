/// Fills an index: first what snapshots tell of the time before the oldest log, then the logs in the order of change.
struct IndexBuilder: ~Copyable {
    private var writer: IndexWriter
    private var snapshotCount = 0
    private var lastZxid = Int64.min
    /// Of files that were skipped or read in part.
    private(set) var problems: [String] = []
    /// Of logs and snapshots, as they are after decompression.
    private(set) var bytesRead: Int64 = 0

    init(directory: String) throws(TransactionLogError) {
        writer = try IndexWriter(directory: directory)
    }

    mutating func finish(name: String) throws(TransactionLogError) -> IndexSummary {
        try writer.finish()
        let isEmpty = writer.count == 0
        return IndexSummary(
            name: name, from: isEmpty ? 0 : writer.firstTime, to: isEmpty ? 0 : writer.lastTime, count: writer.count,
            snapshotCount: snapshotCount)
    }

    // MARK: - Snapshots

    /// - limit: changes from this zxid on are in the logs.
    mutating func add(snapshots: [StorageFile], before limit: Int64, _ shouldEnd: () -> Bool) throws {
        // Changes up to this zxid are in the index; what has 0 was made by the server itself, at its first start.
        var known: Int64 = 0
        for snapshot in snapshots.sorted(by: { $0.zxid < $1.zxid }) where known < limit {
            try add(snapshot, after: known, before: limit, shouldEnd)
            known = max(known, snapshot.zxid)
        }
        snapshotCount = writer.count
    }

    private mutating func add(_ file: StorageFile, after known: Int64, before limit: Int64, _ shouldEnd: () -> Bool) throws {
        do {
            var reader = try SnapshotReader(file)
            var count = 0
            while let node = try reader.next() {
                count += 1
                if count & 0xfff == 0, shouldEnd() { throw CancellationError() }
                let stat = node.stat
                guard stat.mzxid > known, stat.mzxid < limit else { continue }
                let kind = stat.kind
                let type = stat.version == 0 ? RecordType(creating: kind) : .setData
                // Who made the last change is not stored; who created an ephemeral is.
                var session: Int64 = 0
                var timeToLive: Int64 = 0
                if case .ephemeral(let owner) = kind, stat.version == 0 { session = owner }
                if case .timeToLive(let milliseconds) = kind { timeToLive = milliseconds }
                try writer.append(
                    type, time: stat.mtime, zxid: stat.mzxid, session: session, path: node.path, version: stat.version,
                    data: node.data, isFromSnapshot: true, timeToLive: timeToLive)
            }
        } catch let error as TransactionLogError {
            if case .file("write", _, _) = error { throw error }
            problems.append("\(file.path): \(error)")
        }
    }

    // MARK: - Logs

    mutating func add(_ file: StorageFile, _ shouldEnd: () -> Bool) throws {
        var reader: LogReader
        do {
            reader = try LogReader(path: file.path, isCompressed: file.compression == .gzip)
        } catch {
            problems.append("\(error)")
            return
        }
        var count = 0
        while let entry = next(&reader, of: file) {
            count += 1
            if count & 0xfff == 0, shouldEnd() { throw CancellationError() }
            guard entry.header.zxid > lastZxid else { continue }
            lastZxid = entry.header.zxid
            do {
                try add(try entry.transaction())
            } catch {
                if case .file = error { throw error }
                problems.append("\(file.path), offset \(entry.offset): \(error)")
            }
        }
        bytesRead += reader.offset
        if case .damage(let reason) = reader.end {
            problems.append("\(file.path): damaged after offset \(reader.offset): \(reason)")
        }
    }

    private mutating func next(_ reader: inout LogReader, of file: StorageFile) -> LogEntry? {
        do {
            return try reader.next()
        } catch {
            problems.append("\(file.path): \(error)")
            return nil
        }
    }

    private mutating func add(_ transaction: Transaction) throws(TransactionLogError) {
        guard !transaction.hasFailed else { return }
        let header = transaction.header
        for operation in transaction.operations {
            switch operation {
            case .create(let path, let data, _, let kind, _):
                var timeToLive: Int64 = 0
                if case .timeToLive(let milliseconds) = kind { timeToLive = milliseconds }
                try append(header, RecordType(creating: kind), path, version: 0, data, timeToLive: timeToLive)
            case .delete(let path, _): try append(header, .delete, path, version: -1, nil)
            case .setData(let path, let data, let version, _): try append(header, .setData, path, version: version, data)
            case .setAccess(let path, let access, let version):
                let text = access.map { $0.text + "\n" }.joined()
                try append(header, .setAccess, path, version: version, Array(text.utf8)[...])
            case .closeSession(let paths):
                for path in paths ?? [] { try append(header, .delete, path, version: -1, nil) }
                try append(header, .closeSession, "", version: -1, nil)
            case .check, .createSession, .failure, .unknown: break
            }
        }
    }

    private mutating func append(
        _ header: TransactionHeader, _ type: RecordType, _ path: String, version: Int32, _ data: ArraySlice<UInt8>?, timeToLive: Int64 = 0
    ) throws(TransactionLogError) {
        try writer.append(
            type, time: header.time, zxid: header.zxid, session: header.session, path: path, version: version, data: data,
            timeToLive: timeToLive)
    }
}
