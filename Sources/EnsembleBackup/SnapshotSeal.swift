import CZlib

/// Whether a snapshot is whole. A server ends it with a checksum over everything before and the text `/`; one that was
/// cut short by a crash has neither.
public enum SnapshotSeal {
    /// `ZKSN`, version 2.
    private static let header: [UInt8] = [0x5a, 0x4b, 0x53, 0x4e, 0, 0, 0, 2]
    /// Length 1 and `/`.
    private static let end: [UInt8] = [0, 0, 0, 1, 0x2f]
    private static let sealLength = 8 + 5

    /// Blocks for as long as reading the file takes.
    /// - Note: the content of snapshots compressed with snappy is not checked, only that it is some.
    public static func isIntact(_ file: OpenFile, compression: DataFile.Compression) throws -> Bool {
        switch compression {
        case .none:
            return try check { body in
                try withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 16) { buffer in
                    var offset = 0
                    while true {
                        let count = try file.read(into: buffer, at: offset)
                        if count == 0 { return }
                        offset += count
                        body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                    }
                }
            }
        case .gzip:
            do {
                return try check { body in try Gzip.expand(file) { body($0) } }
            } catch BackupError.badArchive {
                return false
            }
        case .snappy:
            return try file.information().size > sealLength
        }
    }

    /// Feeds all bytes through a checksum that lags behind by the length of the seal.
    private static func check(_ feed: (_ body: (UnsafeRawBufferPointer) -> Void) throws -> Void) rethrows -> Bool {
        var checksum = adler32(0, nil, 0)
        var start: [UInt8] = []
        var tail: [UInt8] = []
        try feed { bytes in
            if start.count < header.count { start += bytes.prefix(header.count - start.count) }
            tail += bytes
            let settled = tail.count - sealLength
            guard settled > 0 else { return }
            checksum = tail.withUnsafeBufferPointer { adler32(checksum, $0.baseAddress, UInt32(settled)) }
            tail.removeFirst(settled)
        }
        guard start == header, tail.count == sealLength, Array(tail.suffix(end.count)) == end else { return false }
        let stored = tail.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return stored == UInt64(checksum)
    }
}
