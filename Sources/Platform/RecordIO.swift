public import NIOCore

/// The framing of Mesos event streams: `<decimal byte length>\n<bytes>`, repeated (contracts/mesos.md §8.1).
public enum RecordIO {
    public static func frame(_ record: some Collection<UInt8>) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(record.count + 8)
        buffer.writeString("\(record.count)\n")
        buffer.writeBytes(record)
        return buffer
    }
}

/// Cuts a byte stream into records; a record may span chunks and a chunk may hold several records.
public struct RecordIODecoder: Sendable {
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// The length line is not a decimal number.
        case malformedLength
        /// - bytes: what the sender announced, - limit: what is accepted.
        case recordTooLarge(bytes: Int, limit: Int)

        public var description: String {
            switch self {
            case .malformedLength: "RecordIO: the length line is not a decimal number"
            case .recordTooLarge(let bytes, let limit): "RecordIO: a record of \(bytes) bytes exceeds the limit of \(limit)"
            }
        }
    }

    private var pending = ByteBuffer()
    private let maximumRecordSize: Int

    /// - maximumRecordSize: bytes.
    public init(maximumRecordSize: Int = 32 * 1024 * 1024) {
        self.maximumRecordSize = maximumRecordSize
    }

    /// Takes the next chunk and returns the records it completed.
    public mutating func append(_ chunk: ByteBuffer) throws -> [ByteBuffer] {
        var chunk = chunk
        pending.writeBuffer(&chunk)
        var records: [ByteBuffer] = []
        while let record = try next() { records.append(record) }
        pending.discardReadBytes()
        return records
    }

    private mutating func next() throws -> ByteBuffer? {
        var length = 0
        var digits = 0
        for byte in pending.readableBytesView {
            if byte == UInt8(ascii: "\n") {
                guard digits > 0 else { throw Failure.malformedLength }
                guard length <= maximumRecordSize else {
                    throw Failure.recordTooLarge(bytes: length, limit: maximumRecordSize)
                }
                guard pending.readableBytes >= digits + 1 + length else { return nil }
                pending.moveReaderIndex(forwardBy: digits + 1)
                return pending.readSlice(length: length)
            }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), digits < 12 else { throw Failure.malformedLength }
            length = length * 10 + Int(byte - UInt8(ascii: "0"))
            digits += 1
        }
        return nil
    }
}
