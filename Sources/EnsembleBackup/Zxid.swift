/// The number of a transaction: the epoch of its leader and a counter within it.
public struct Zxid: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public var rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Hexadecimal digits, with or without `0x`, as in file names and in answers of the server.
    public init?(hexadecimal text: some StringProtocol) {
        let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
        // The integer parser would also take a sign.
        guard let first = digits.first, first.isHexDigit, let value = UInt64(digits, radix: 16) else { return nil }
        rawValue = value
    }

    /// 0: no transaction has it; a new leader starts there.
    public var counter: UInt32 { UInt32(truncatingIfNeeded: rawValue) }

    public static func < (left: Zxid, right: Zxid) -> Bool { left.rawValue < right.rawValue }

    public var description: String { "0x" + String(rawValue, radix: 16) }
}
