/// The entries of one transaction log, front to back (contracts/exhibitor.md §11).
///
/// Never needs more memory than the largest entry and a buffer of constant size. A damaged file is read up to the damage;
/// `end` says what there is.
public struct LogReader: ~Copyable {
    /// Why there are no more entries.
    public enum End: Sendable, Equatable {
        /// The file ends with a whole entry.
        case file
        /// The rest was allocated in advance.
        case padding
        /// What follows is no entry: cut off, wrong checksum, end mark missing.
        case damage(reason: String)

        public var isDamage: Bool { if case .damage = self { true } else { false } }
    }

    static let magic: Int32 = 0x5a4b_4c47
    static let version: Int32 = 2
    /// Entries are requests of clients: at most `jute.maxbuffer`, 1 MiB unless an operator raised it.
    public static let maximumEntry = 64 << 20

    private var stream: ByteStream
    public private(set) var end: End?
    /// Behind the last entry, in the (decompressed) file.
    public private(set) var offset: Int64

    /// - path: `log.<zxid>`, or with the suffix `.gz` a compressed one.
    /// - Throws: `TransactionLogError.notALog` when the file does not begin as one.
    public init(path: String) throws(TransactionLogError) {
        try self.init(path: path, isCompressed: path.hasSuffix(".gz"))
    }

    public init(path: String, isCompressed: Bool) throws(TransactionLogError) {
        try self.init(isCompressed ? try GzipSource(path: path) : try FileSource(path: path), path: path)
    }

    /// A log in memory.
    public init(bytes: [UInt8]) throws(TransactionLogError) {
        try self.init(MemorySource(bytes), path: "the log in memory")
    }

    private init(_ source: any ByteSource, path: String) throws(TransactionLogError) {
        var stream = ByteStream(source)
        let (magic, version): (Int32, Int32)
        do throws(TransactionLogError) {
            magic = try stream.int32()
            version = try stream.int32()
            _ = try stream.int64()
        } catch .truncated {
            throw .notALog(path: path)
        }
        guard magic == Self.magic, version == Self.version else { throw .notALog(path: path) }
        offset = stream.offset
        self.stream = stream
    }

    /// - Returns: nil at the end, see `end`.
    /// - Throws: `TransactionLogError.file` when reading itself fails.
    public mutating func next() throws(TransactionLogError) -> LogEntry? {
        guard end == nil else { return nil }
        do throws(TransactionLogError) {
            if try stream.isAtEnd() {
                end = .file
                return nil
            }
            let start = stream.offset
            let checksum = try stream.int64()
            let length = Int(try stream.int32())
            if length == 0 {
                end = .padding
                return nil
            }
            guard length > 0, length <= Self.maximumEntry else { throw .malformed("length \(length) of an entry") }
            let bytes = try stream.bytes(length)
            guard checksum == Int64(Adler32.checksum(of: bytes)) else { throw .wrongChecksum }
            guard try stream.byte() == 0x42 else { throw .malformed("end mark") }
            var reader = JuteReader(bytes)
            let header = try TransactionHeader(from: &reader)
            offset = stream.offset
            return LogEntry(header: header, offset: start, body: reader.rest)
        } catch {
            if case .file = error { throw error }
            end = .damage(reason: error.description)
            return nil
        }
    }
}
