/// How names of tasks and frameworks become DNS labels (contracts/dns-networking.md §3.2).
public enum LabelRule: Sendable {
    case rfc1123
    case rfc952

    var maximumLength: Int { self == .rfc1123 ? 63 : 24 }

    private func isStripped(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (self == .rfc952 && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte))
    }

    /// One label; empty when nothing of the name can stay.
    public func label(_ name: some StringProtocol) -> String {
        let dash = UInt8(ascii: "-")
        let mapped = name.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            case dash, UInt8(ascii: "."), UInt8(ascii: "_"): dash
            default: nil
            }
        }
        let bytes = mapped.drop { isStripped($0) }
        let length = min(bytes.count, maximumLength)
        var head = bytes.prefix(length)
        while head.last == dash { head.removeLast() }
        if head.count < length {
            // What was stripped makes room for what follows; the result is not stripped again.
            let tail = bytes.dropFirst(length).drop { $0 == dash }
            head += tail.prefix(length - head.count)
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// Every part between dots as a label, empty parts left out.
    public func fragment(_ name: String) -> String {
        name.split(separator: ".").map { label($0) }.filter { !$0.isEmpty }.joined(separator: ".")
    }
}
