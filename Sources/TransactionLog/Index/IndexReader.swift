/// Reads one finished index. Every call blocks; memory is one block and the hits.
public struct IndexReader: Sendable {
    /// A hit: where the record is, and its place in the order of changes.
    private struct Hit {
        var zxid: Int64
        var id: Int
    }

    public let summary: IndexSummary
    private let records: RandomAccessFile
    private let paths: RandomAccessFile
    private let data: RandomAccessFile
    private let blocks: RandomAccessFile

    init(directory: String, summary: IndexSummary) throws(TransactionLogError) {
        self.summary = summary
        records = try RandomAccessFile(path: directory + "/" + RecordLayout.recordsFile)
        paths = try RandomAccessFile(path: directory + "/" + RecordLayout.pathsFile)
        data = try RandomAccessFile(path: directory + "/" + RecordLayout.dataFile)
        blocks = try RandomAccessFile(path: directory + "/" + RecordLayout.blocksFile)
        guard try records.size() >= Int64(summary.count) * Int64(RecordLayout.size) else { throw .noIndex(name: summary.name) }
    }

    /// - Returns: nil when there is no such record.
    public func record(_ id: Int) throws(TransactionLogError) -> IndexRecord? {
        guard id >= 0, id < summary.count else { return nil }
        let bytes = try records.read(at: Int64(id) * Int64(RecordLayout.size), count: RecordLayout.size)
        let fixed = bytes.withUnsafeBytes { RecordLayout.load($0, at: 0) }
        guard let type = RecordType(rawValue: fixed.type) else { throw .malformed("type of record \(id)") }
        let path = try paths.read(at: fixed.pathOffset, count: Int(fixed.pathLength))
        return IndexRecord(
            id: id, type: type, time: fixed.time, zxid: fixed.zxid, session: fixed.session, path: String(decoding: path, as: UTF8.self),
            version: fixed.version,
            data: fixed.dataLength == RecordLayout.noData
                ? nil : IndexRecord.DataRange(offset: fixed.dataOffset, count: Int(fixed.dataLength)),
            isFromSnapshot: fixed.flags & 1 != 0, timeToLive: fixed.timeToLive)
    }

    /// What a record stored; nil: nothing.
    public func data(of record: IndexRecord) throws(TransactionLogError) -> [UInt8]? {
        guard let range = record.data else { return nil }
        return try data.read(at: range.offset, count: range.count)
    }

    /// Ids of the records that a query admits, newest first.
    /// - limit: at most this many.
    public func search(_ query: IndexQuery, limit: Int) throws(TransactionLogError) -> [Int] {
        guard limit > 0, summary.count > 0 else { return [] }
        let terms = PathTerms(query)
        var hits: [Int] = []
        // What logs told is in the order of change: the newest are at the end.
        var end = summary.count
        while end > summary.snapshotCount, hits.count < limit {
            let start = max(summary.snapshotCount, (end - 1) / RecordLayout.blockCount * RecordLayout.blockCount)
            try scan(start..<end, query, terms) { hit in
                hits.append(hit.id)
                return hits.count < limit
            }
            end = start
        }
        guard hits.count < limit, summary.snapshotCount > 0 else { return hits }
        return hits + (try searchSnapshot(query, terms, limit: limit - hits.count))
    }

    /// What a snapshot told is in the order of paths: the newest are sorted out.
    private func searchSnapshot(_ query: IndexQuery, _ terms: PathTerms, limit: Int) throws(TransactionLogError) -> [Int] {
        var newest: [Hit] = []
        func cut() {
            newest.sort { ($0.zxid, $0.id) > ($1.zxid, $1.id) }
            newest.removeLast(max(0, newest.count - limit))
        }
        var end = summary.snapshotCount
        while end > 0 {
            let start = (end - 1) / RecordLayout.blockCount * RecordLayout.blockCount
            try scan(start..<end, query, terms) { hit in
                newest.append(hit)
                if newest.count >= 2 * limit { cut() }
                return true
            }
            end = start
        }
        cut()
        return newest.map(\.id)
    }

    /// Goes through records of one block, last first.
    /// - body: gets each hit; false ends the scan.
    private func scan(
        _ range: Range<Int>, _ query: IndexQuery, _ terms: PathTerms, _ body: (Hit) -> Bool
    ) throws(TransactionLogError) {
        let block = range.lowerBound / RecordLayout.blockCount
        let summary = try blocks.read(at: Int64(block) * Int64(RecordLayout.summarySize), count: RecordLayout.summarySize)
        guard query.admits(BlockSummary(summary[...])) else { return }
        let size = RecordLayout.size
        let bytes = try records.read(at: Int64(range.lowerBound) * Int64(size), count: range.count * size)
        guard !terms.isEmpty else {
            return bytes.withUnsafeBytes { bytes in
                for index in (0..<range.count).reversed() {
                    let record = RecordLayout.load(bytes, at: index * size)
                    if query.admits(record), !body(Hit(zxid: record.zxid, id: range.lowerBound + index)) { return }
                }
            }
        }
        // The paths of records that follow each other do so too.
        let (first, last) = bytes.withUnsafeBytes { (RecordLayout.load($0, at: 0), RecordLayout.load($0, at: (range.count - 1) * size)) }
        let origin = first.pathOffset
        let (length, overflow) = (last.pathOffset &- origin).addingReportingOverflow(Int64(last.pathLength))
        guard !overflow, length >= 0 else { throw .malformed("paths of the index") }
        let names = try paths.read(at: origin, count: Int(length))
        let isSound = bytes.withUnsafeBytes { bytes in
            names.withUnsafeBytes { names in
                for index in (0..<range.count).reversed() {
                    let record = RecordLayout.load(bytes, at: index * size)
                    guard query.admits(record) else { continue }
                    let start = Int(record.pathOffset &- origin)
                    guard start >= 0, start <= names.count, Int(record.pathLength) <= names.count - start else { return false }
                    let path = UnsafeRawBufferPointer(rebasing: names[start..<start + Int(record.pathLength)])
                    if terms.admit(path), !body(Hit(zxid: record.zxid, id: range.lowerBound + index)) { return true }
                }
                return true
            }
        }
        guard isSound else { throw .malformed("paths of the index") }
    }
}
