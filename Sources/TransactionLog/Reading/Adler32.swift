/// The checksum of RFC 1950 §8.2, which ZooKeeper uses for transactions and snapshots.
public struct Adler32: Sendable, Hashable {
    private static let modulus: UInt32 = 65521
    /// As many bytes as can be summed before 32 bits overflow.
    private static let run = 5552

    private var low: UInt32 = 1
    private var high: UInt32 = 0

    public init() {}

    public var value: UInt32 { high << 16 | low }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var low = low
        var high = high
        var start = 0
        while start < bytes.count {
            let end = min(start + Self.run, bytes.count)
            var position = start
            // Eight at a time: the sums of a group do not wait for each other.
            while position + 8 <= end {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                let b0 = UInt32(truncatingIfNeeded: word & 0xff)
                let b1 = UInt32(truncatingIfNeeded: word >> 8 & 0xff)
                let b2 = UInt32(truncatingIfNeeded: word >> 16 & 0xff)
                let b3 = UInt32(truncatingIfNeeded: word >> 24 & 0xff)
                let b4 = UInt32(truncatingIfNeeded: word >> 32 & 0xff)
                let b5 = UInt32(truncatingIfNeeded: word >> 40 & 0xff)
                let b6 = UInt32(truncatingIfNeeded: word >> 48 & 0xff)
                let b7 = UInt32(truncatingIfNeeded: word >> 56)
                let weighted = (b0 &* 8 &+ b1 &* 7) &+ (b2 &* 6 &+ b3 &* 5) &+ (b4 &* 4 &+ b5 &* 3) &+ (b6 &* 2 &+ b7)
                high = high &+ low &* 8 &+ weighted
                low = low &+ ((b0 &+ b1) &+ (b2 &+ b3)) &+ ((b4 &+ b5) &+ (b6 &+ b7))
                position += 8
            }
            while position < end {
                low &+= UInt32(bytes[position])
                high &+= low
                position += 1
            }
            low %= Self.modulus
            high %= Self.modulus
            start = end
        }
        self.low = low
        self.high = high
    }

    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { update($0) }
    }

    public static func checksum(of bytes: ArraySlice<UInt8>) -> UInt32 {
        var checksum = Adler32()
        checksum.update(bytes)
        return checksum.value
    }
}
