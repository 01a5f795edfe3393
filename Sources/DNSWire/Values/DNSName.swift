/// A domain name in wire form and lower case: length-prefixed labels and the root's zero byte (RFC 1035 §3.1).
///
/// Names compare without regard to letter case (RFC 4343), which is why the lower-case form is the only one kept.
public struct DNSName: Sendable, Hashable {
    /// 1 to 255 bytes.
    public let wire: [UInt8]

    public static let root = DNSName(unchecked: [0])

    init(unchecked wire: [UInt8]) { self.wire = wire }

    /// Reads dotted text; a final dot is optional, letters are lower-cased, every byte but `.` stands for itself.
    /// Nil when a label is empty or longer than 63 bytes, or the name longer than 255.
    public init?(_ text: some StringProtocol) {
        var wire: [UInt8] = []
        wire.reserveCapacity(text.utf8.count + 2)
        var lengthIndex = 0
        wire.append(0)
        for byte in text.utf8 {
            guard byte == UInt8(ascii: ".") else {
                wire.append(DNSName.lowercased(byte))
                continue
            }
            guard DNSName.closeLabel(&wire, at: lengthIndex) else {
                // Only the bare root may begin with a dot.
                if wire.count == 1, text.utf8.count == 1 { self = .root; return } else { return nil }
            }
            lengthIndex = wire.count
            wire.append(0)
        }
        if lengthIndex < wire.count - 1 {
            guard DNSName.closeLabel(&wire, at: lengthIndex) else { return nil }
            wire.append(0)
        }
        guard wire.count <= 255 else { return nil }
        self.wire = wire
    }

    /// Writes the length of the label that began at `index`; false when it is empty or too long.
    private static func closeLabel(_ wire: inout [UInt8], at index: Int) -> Bool {
        let length = wire.count - index - 1
        guard (1...63).contains(length) else { return false }
        wire[index] = UInt8(length)
        return true
    }

    /// The name without its first label; nil for the root.
    public var parent: DNSName? {
        guard wire.count > 1 else { return nil }
        return DNSName(unchecked: Array(wire[(Int(wire[0]) + 1)...]))
    }

    /// Whether the name is `ancestor` or below it.
    public func isEqual(toOrBelow ancestor: DNSName) -> Bool {
        guard let start = prefixLength(above: ancestor) else { return false }
        return start >= 0
    }

    /// How many bytes of labels stand before `ancestor`; nil when the name is not at or below it.
    func prefixLength(above ancestor: DNSName) -> Int? {
        let start = wire.count - ancestor.wire.count
        guard start >= 0 else { return nil }
        var boundary = 0
        while boundary < start { boundary += Int(wire[boundary]) + 1 }
        guard boundary == start else { return nil }
        return wire[start...].elementsEqual(ancestor.wire) ? start : nil
    }

    /// The labels as text, first to last.
    public var labels: [String] {
        var result: [String] = []
        var index = 0
        while index < wire.count, wire[index] != 0 {
            let end = index + 1 + Int(wire[index])
            result.append(String(decoding: wire[(index + 1)..<end], as: UTF8.self))
            index = end
        }
        return result
    }

    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}

extension DNSName: CustomStringConvertible {
    /// Dotted text with a final dot.
    public var description: String {
        wire.count == 1 ? "." : labels.joined(separator: ".") + "."
    }
}
