/// The start of every transaction log: `ZKLG` and version 2 (contracts/exhibitor.md §11).
public enum LogHeader {
    static let length = 16
    static let bytes: [UInt8] = [0x5a, 0x4b, 0x4c, 0x47, 0, 0, 0, 2]

    /// Whether the server has begun to write the file. Blocks.
    public static func isPresent(in file: OpenFile) throws -> Bool {
        try withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 1) { buffer in
            try file.read(into: buffer, at: 0) == bytes.count && buffer.elementsEqual(bytes)
        }
    }
}
