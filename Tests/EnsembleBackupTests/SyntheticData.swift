/// Files as a server writes them, made by hand.
enum SyntheticData {
    static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// The checksum as its definition says (RFC 1950), independent of the library.
    static func adler32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }

    static let logHeader: [UInt8] = Array("ZKLG".utf8) + bigEndian(Int32(2)) + bigEndian(Int64(0))

    /// One record of a log.
    static func record(zxid: UInt64, payload: [UInt8] = []) -> [UInt8] {
        let transaction =
            bigEndian(Int64(1)) + bigEndian(Int32(2)) + bigEndian(zxid) + bigEndian(Int64(3)) + bigEndian(Int32(-10)) + payload
        return bigEndian(UInt64(adler32(transaction))) + bigEndian(Int32(transaction.count)) + transaction + [0x42]
    }

    static func log(_ zxids: [UInt64], payload: [UInt8] = []) -> [UInt8] {
        logHeader + zxids.flatMap { record(zxid: $0, payload: payload) }
    }

    static func snapshot(_ body: [UInt8] = [1, 2, 3]) -> [UInt8] {
        let content = Array("ZKSN".utf8) + bigEndian(Int32(2)) + bigEndian(Int64(-1)) + body
        return content + bigEndian(UInt64(adler32(content))) + bigEndian(Int32(1)) + Array("/".utf8)
    }

    /// The data of a stopped server below a state directory.
    static func fill(_ scratch: Scratch, state: String = "state") throws {
        try scratch.write("\(state)/zookeeper/snapshot/version-2/snapshot.5", snapshot())
        try scratch.write("\(state)/zookeeper/snapshot/version-2/currentEpoch", "0")
        try scratch.write("\(state)/zookeeper/snapshot/myid", "3\n")
        try scratch.write("\(state)/zookeeper/transactions/version-2/log.1", log(Array(1...5)))
        try scratch.write("\(state)/zookeeper/transactions/version-2/log.6", log(Array(6...9)) + [UInt8](repeating: 0, count: 4096))
        try scratch.write("\(state)/zookeeper/transactions/zookeeper.out", "noise")
    }
}
