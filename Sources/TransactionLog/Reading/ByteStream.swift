/// Big-endian values and byte runs from a source, front to back, through one buffer.
///
/// The buffer grows only as far as bytes really arrive: a length out of damaged bytes costs no memory.
struct ByteStream: ~Copyable {
    private static let chunk = 256 * 1024

    private let source: any ByteSource
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0
    /// Up to where the buffer's bytes are in the checksum.
    private var summed = 0
    private var checksum = Adler32()
    private let sums: Bool
    /// Bytes taken so far.
    private(set) var offset: Int64 = 0

    /// - sums: whether `checksumSoFar` will be asked.
    init(_ source: any ByteSource, sums: Bool = false) {
        self.source = source
        self.sums = sums
        buffer = [UInt8](repeating: 0, count: Self.chunk)
    }

    /// Over all bytes taken.
    var checksumSoFar: UInt32 {
        mutating get {
            sum()
            return checksum.value
        }
    }

    mutating func isAtEnd() throws(TransactionLogError) -> Bool {
        try fill(1)
        return start == end
    }

    mutating func byte() throws(TransactionLogError) -> UInt8 {
        try need(1)
        defer { take(1) }
        return buffer[start]
    }

    mutating func int32() throws(TransactionLogError) -> Int32 {
        try need(4)
        defer { take(4) }
        return buffer.withUnsafeBytes { Int32(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: Int32.self)) }
    }

    mutating func int64() throws(TransactionLogError) -> Int64 {
        try need(8)
        defer { take(8) }
        return buffer.withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: Int64.self)) }
    }

    /// A view of the stream's buffer: who keeps it must copy it.
    mutating func bytes(_ count: Int) throws(TransactionLogError) -> ArraySlice<UInt8> {
        try need(count)
        defer { take(count) }
        return buffer[start..<start + count]
    }

    /// A run of bytes with its length in front; nil when the length is -1.
    mutating func optionalBytes(limit: Int) throws(TransactionLogError) -> ArraySlice<UInt8>? {
        let count = Int(try int32())
        if count == -1 { return nil }
        guard count >= 0, count <= limit else { throw .malformed("length \(count)") }
        return try bytes(count)
    }

    mutating func string(limit: Int) throws(TransactionLogError) -> String {
        String(decoding: try optionalBytes(limit: limit) ?? [], as: UTF8.self)
    }

    private mutating func take(_ count: Int) {
        start += count
        offset += Int64(count)
    }

    private mutating func need(_ count: Int) throws(TransactionLogError) {
        guard end - start < count else { return }
        try fill(count)
        guard end - start >= count else { throw .truncated }
    }

    private mutating func sum() {
        guard sums, summed < start else { return }
        let range = summed..<start
        buffer.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[range])) }
        summed = start
    }

    /// Makes `count` bytes available, or all there are.
    private mutating func fill(_ count: Int) throws(TransactionLogError) {
        while end - start < count {
            if end == buffer.count {
                if start > 0 { compact() } else { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
            }
            let range = end..<buffer.count
            let source = source
            let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, TransactionLogError> in
                do throws(TransactionLogError) {
                    return .success(try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[range])))
                } catch {
                    return .failure(error)
                }
            }
            let read = try result.get()
            if read == 0 { return }
            end += read
        }
    }

    private mutating func compact() {
        sum()
        let kept = end - start
        let from = start
        if kept > 0 {
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                base.copyMemory(from: base + from, byteCount: kept)
            }
        }
        start = 0
        end = kept
        summed = 0
    }
}
