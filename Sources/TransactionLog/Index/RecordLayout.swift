/// How records are stored: 64 bytes each, little-endian, so that one is found by its number.
///
/// | offset | | |
/// |---|---|---|
/// | 0 | time | Int64 |
/// | 8 | zxid | Int64 |
/// | 16 | session | Int64 |
/// | 24 | offset of the path in `paths` | Int64 |
/// | 32 | offset of the data in `data` | Int64 |
/// | 40 | length of the data; all ones: none | UInt32 |
/// | 44 | length of the path | UInt32 |
/// | 48 | version | Int32 |
/// | 52 | type | UInt8 |
/// | 53 | flags: 1 from a snapshot | UInt8 |
/// | 56 | time to live | Int64 |
enum RecordLayout {
    static let size = 64
    /// Records of one block: the unit of reading, and of the summaries in `blocks`.
    static let blockCount = 8192
    /// Least and greatest time and a mask of types of one block: Int64, Int64, UInt64.
    static let summarySize = 24
    static let noData = UInt32.max

    static let recordsFile = "records"
    static let pathsFile = "paths"
    static let dataFile = "data"
    static let blocksFile = "blocks"

    /// A record without its path, as it is stored.
    struct Fixed {
        var time: Int64 = 0
        var zxid: Int64 = 0
        var session: Int64 = 0
        var pathOffset: Int64 = 0
        var dataOffset: Int64 = 0
        var dataLength = RecordLayout.noData
        var pathLength: UInt32 = 0
        var version: Int32 = 0
        var type: UInt8 = 0
        var flags: UInt8 = 0
        var timeToLive: Int64 = 0
    }

    static func store(_ record: Fixed, to bytes: UnsafeMutableRawBufferPointer) {
        bytes.storeBytes(of: record.time.littleEndian, toByteOffset: 0, as: Int64.self)
        bytes.storeBytes(of: record.zxid.littleEndian, toByteOffset: 8, as: Int64.self)
        bytes.storeBytes(of: record.session.littleEndian, toByteOffset: 16, as: Int64.self)
        bytes.storeBytes(of: record.pathOffset.littleEndian, toByteOffset: 24, as: Int64.self)
        bytes.storeBytes(of: record.dataOffset.littleEndian, toByteOffset: 32, as: Int64.self)
        bytes.storeBytes(of: record.dataLength.littleEndian, toByteOffset: 40, as: UInt32.self)
        bytes.storeBytes(of: record.pathLength.littleEndian, toByteOffset: 44, as: UInt32.self)
        bytes.storeBytes(of: record.version.littleEndian, toByteOffset: 48, as: Int32.self)
        bytes.storeBytes(of: record.type, toByteOffset: 52, as: UInt8.self)
        bytes.storeBytes(of: record.flags, toByteOffset: 53, as: UInt8.self)
        bytes.storeBytes(of: 0, toByteOffset: 54, as: UInt16.self)
        bytes.storeBytes(of: record.timeToLive.littleEndian, toByteOffset: 56, as: Int64.self)
    }

    static func load(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Fixed {
        func int64(_ position: Int) -> Int64 {
            Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + position, as: Int64.self))
        }
        return Fixed(
            time: int64(0), zxid: int64(8), session: int64(16), pathOffset: int64(24), dataOffset: int64(32),
            dataLength: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 40, as: UInt32.self)),
            pathLength: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 44, as: UInt32.self)),
            version: Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 48, as: Int32.self)),
            type: bytes[offset + 52], flags: bytes[offset + 53], timeToLive: int64(56))
    }
}
