/// Reads a record in ZooKeeper's serialization (contracts/exhibitor.md §14.6) that is whole in memory.
struct JuteReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - position }
    /// What has not been read.
    var rest: ArraySlice<UInt8> { bytes[position...] }

    mutating func bool() throws(TransactionLogError) -> Bool {
        try need(1)
        defer { position += 1 }
        return bytes[position] != 0
    }

    mutating func int32() throws(TransactionLogError) -> Int32 {
        try need(4)
        defer { position += 4 }
        return bytes.withUnsafeBytes {
            Int32(bigEndian: $0.loadUnaligned(fromByteOffset: position - bytes.startIndex, as: Int32.self))
        }
    }

    mutating func int64() throws(TransactionLogError) -> Int64 {
        try need(8)
        defer { position += 8 }
        return bytes.withUnsafeBytes {
            Int64(bigEndian: $0.loadUnaligned(fromByteOffset: position - bytes.startIndex, as: Int64.self))
        }
    }

    /// Nil when the length is -1.
    mutating func buffer() throws(TransactionLogError) -> ArraySlice<UInt8>? {
        let count = Int(try int32())
        if count == -1 { return nil }
        guard count >= 0 else { throw .malformed("length \(count)") }
        try need(count)
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func string() throws(TransactionLogError) -> String {
        String(decoding: try buffer() ?? [], as: UTF8.self)
    }

    /// The number of elements of a vector; -1, no vector, counts as 0.
    /// - minimumSize: of one element in bytes; more elements than fit are refused before anything is reserved for them.
    mutating func count(minimumSize: Int) throws(TransactionLogError) -> Int {
        let count = Int(try int32())
        if count == -1 { return 0 }
        guard count >= 0, count <= remaining / minimumSize else { throw .malformed("number of elements \(count)") }
        return count
    }

    private func need(_ count: Int) throws(TransactionLogError) {
        guard remaining >= count else { throw .truncated }
    }
}
