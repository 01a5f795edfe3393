import CZlib

/// How far a transaction log holds whole records (contracts/exhibitor.md §11 "Index": 16 bytes of header, then checksum,
/// length, transaction, `0x42` for each; zeros from the end of the last one on).
///
/// The log of a running server ends anywhere: in the middle of a record that is being written, or in zeros. What is read
/// up to `length` is a log that any server accepts.
public struct LogExtent: Sendable, Equatable {
    /// Bytes from the start of the file to the end of the last whole record.
    public private(set) var length = 0
    public private(set) var records = 0
    public private(set) var first: Zxid?
    public private(set) var last: Zxid?
    /// It ends as a log does, not in a damaged or half-written record.
    public private(set) var endsCleanly = true

    /// Larger transactions do not fit into a packet of any sane server.
    private static let recordLimit = 256 * 1024 * 1024
    private static let window = 1 << 20

    /// Reads a log from its start. Blocks.
    /// - body: is given the valid part of the file, piece by piece.
    /// - Throws: what reading or `body` throws; damage is no error, the extent ends before it.
    public init(reading file: OpenFile, _ body: (UnsafeRawBufferPointer) throws -> Void = { _ in }) throws {
        var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.window, alignment: 16)
        defer { buffer.deallocate() }
        /// What is in the buffer: from here on in the file, that many bytes.
        var start = 0
        var filled = try file.read(into: buffer, at: 0)
        guard filled >= LogHeader.length, buffer[..<LogHeader.bytes.count].elementsEqual(LogHeader.bytes) else {
            endsCleanly = false
            return
        }
        var position = LogHeader.length
        var told = 0

        func tell() throws {
            try body(UnsafeRawBufferPointer(rebasing: buffer[(told - start)..<(position - start)]))
            told = position
        }

        /// Makes `count` bytes from `position` on available, as far as the file has them.
        func load(_ count: Int) throws -> UnsafeRawBufferPointer {
            if position + count > start + filled {
                try tell()
                if count > buffer.count {
                    buffer.deallocate()
                    buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(Self.window, count), alignment: 16)
                }
                start = position
                filled = try file.read(into: buffer, at: position)
            }
            let available = min(count, start + filled - position)
            return UnsafeRawBufferPointer(rebasing: buffer[(position - start)..<(position - start + available)])
        }

        while true {
            let prefix = try load(12)
            guard prefix.count == 12 else {
                endsCleanly = prefix.allSatisfy { $0 == 0 }
                break
            }
            let checksum = prefix.loadBigEndian(UInt64.self, at: 0)
            let size = Int(prefix.loadBigEndian(Int32.self, at: 8))
            if size == 0 {
                endsCleanly = checksum == 0
                break
            }
            guard size >= 32, size <= Self.recordLimit else {
                endsCleanly = false
                break
            }
            let record = try load(12 + size + 1)
            guard record.count == 12 + size + 1, record[12 + size] == 0x42,
                UInt64(Self.checksum(UnsafeRawBufferPointer(rebasing: record[12..<(12 + size)]))) == checksum
            else {
                endsCleanly = false
                break
            }
            // Session (8), counter of the client (4), then the zxid.
            let zxid = Zxid(rawValue: record.loadBigEndian(UInt64.self, at: 12 + 12))
            if first == nil { first = zxid }
            last = zxid
            records += 1
            position += 12 + size + 1
        }
        try tell()
        length = position
    }
}

extension LogExtent {
    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt {
        adler32(adler32(0, nil, 0), bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count))
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func loadBigEndian<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}
