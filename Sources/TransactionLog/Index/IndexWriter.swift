/// Writes the files of one index, record after record; needs memory for its buffers only.
struct IndexWriter: ~Copyable {
    private var records: AppendingFile
    private var paths: AppendingFile
    private var data: AppendingFile
    private var blocks: AppendingFile
    private var block = BlockSummary()

    private(set) var count = 0
    private(set) var firstTime = Int64.max
    private(set) var lastTime = Int64.min

    /// - directory: exists and is empty.
    init(directory: String) throws(TransactionLogError) {
        let records = try AppendingFile(path: directory + "/" + RecordLayout.recordsFile)
        let paths = try AppendingFile(path: directory + "/" + RecordLayout.pathsFile)
        let data = try AppendingFile(path: directory + "/" + RecordLayout.dataFile)
        let blocks = try AppendingFile(path: directory + "/" + RecordLayout.blocksFile)
        self.records = records
        self.paths = paths
        self.data = data
        self.blocks = blocks
    }

    mutating func append(
        _ type: RecordType, time: Int64, zxid: Int64, session: Int64, path: String, version: Int32, data bytes: ArraySlice<UInt8>?,
        isFromSnapshot: Bool = false, timeToLive: Int64 = 0
    ) throws(TransactionLogError) {
        let record = RecordLayout.Fixed(
            time: time, zxid: zxid, session: session, pathOffset: paths.count, dataOffset: data.count,
            dataLength: bytes.map { UInt32(truncatingIfNeeded: $0.count) } ?? RecordLayout.noData,
            pathLength: UInt32(truncatingIfNeeded: path.utf8.count), version: version, type: type.rawValue,
            flags: isFromSnapshot ? 1 : 0, timeToLive: timeToLive)
        try withUnsafeTemporaryAllocation(byteCount: RecordLayout.size, alignment: 8) { buffer -> Result<Void, TransactionLogError> in
            RecordLayout.store(record, to: buffer)
            do throws(TransactionLogError) {
                return .success(try records.append(UnsafeRawBufferPointer(buffer)))
            } catch {
                return .failure(error)
            }
        }.get()
        try paths.append(path.utf8)
        if let bytes { try data.append(bytes) }
        count += 1
        firstTime = min(firstTime, time)
        lastTime = max(lastTime, time)
        block.add(time: time, type: type)
        if block.count == RecordLayout.blockCount { try endBlock() }
    }

    private mutating func endBlock() throws(TransactionLogError) {
        try blocks.append(block.bytes)
        block = BlockSummary()
    }

    /// Makes everything durable.
    mutating func finish() throws(TransactionLogError) {
        if block.count > 0 { try endBlock() }
        try data.finish()
        try paths.finish()
        try blocks.finish()
        try records.finish()
    }
}
