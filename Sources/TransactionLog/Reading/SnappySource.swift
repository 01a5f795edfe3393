/// The content of a stream in the framing of snappy-java: a header, then blocks of a length and compressed bytes.
final class SnappySource: ByteSource {
    private static let magic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]
    /// More than any writer makes: snappy-java's blocks hold 32 KiB.
    private static let maximumBlock = 64 << 20

    private var input: ByteStream
    private var block: ArraySlice<UInt8> = []

    init(_ source: any ByteSource) throws(TransactionLogError) {
        input = ByteStream(source)
        guard try input.bytes(8).elementsEqual(Self.magic) else { throw .malformed("header of snappy") }
        // Version and oldest compatible version.
        _ = try input.int32()
        guard try input.int32() <= 1 else { throw .malformed("version of snappy") }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TransactionLogError) -> Int {
        while block.isEmpty {
            if try input.isAtEnd() { return 0 }
            let length = Int(try input.int32())
            guard length >= 0, length <= Self.maximumBlock else { throw .malformed("length of a snappy block") }
            let compressed = try input.bytes(length)
            block = try SnappyBlock.decompress(compressed, limit: Self.maximumBlock)[...]
        }
        let count = min(block.count, buffer.count)
        buffer.copyBytes(from: block.prefix(count))
        block.removeFirst(count)
        return count
    }
}
