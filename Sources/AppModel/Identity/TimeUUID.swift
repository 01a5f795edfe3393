/// A version 1 UUID (RFC 9562 §5.1): 60 bits of time, 14 bits of clock sequence, 48 bits of node.
public struct TimeUUID: Sendable, Hashable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    /// - ticks: units of 100 ns since 1582-10-15.
    public init(ticks: UInt64, clockSequence: UInt16, node: UInt64) {
        high = (ticks & 0xFFFF_FFFF) << 32 | (ticks >> 32 & 0xFFFF) << 16 | 0x1000 | ticks >> 48 & 0x0FFF
        low = 0x8000_0000_0000_0000 | UInt64(clockSequence & 0x3FFF) << 48 | node & 0xFFFF_FFFF_FFFF
    }

    public var description: String {
        let a = Self.hex(high)
        let b = Self.hex(low)
        return "\(a.prefix(8))-\(a.dropFirst(8).prefix(4))-\(a.suffix(4))-\(b.prefix(4))-\(b.suffix(12))"
    }

    private static func hex(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
