/// An IPv4 address.
public struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// `10.0.0.5` is 0x0a000005.
    public let value: UInt32

    public init(value: UInt32) { self.value = value }

    /// Reads dotted decimal text: four numbers without leading zeros.
    public init?(_ text: some StringProtocol) {
        var value: UInt32 = 0
        var parts = 0
        var part: UInt32?
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if part == 0 { return nil }
                let next = (part ?? 0) * 10 + UInt32(byte - UInt8(ascii: "0"))
                guard next <= 255 else { return nil }
                part = next
            case UInt8(ascii: "."):
                guard let done = part, parts < 3 else { return nil }
                value = value << 8 | done
                parts += 1
                part = nil
            default: return nil
            }
        }
        guard let last = part, parts == 3 else { return nil }
        self.value = value << 8 | last
    }

    public var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) } }
    public var isLoopback: Bool { value >> 24 == 127 }
    public var description: String { bytes.map(String.init).joined(separator: ".") }
    public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// An IPv6 address.
public struct IPv6Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first and the last eight bytes, most significant first.
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads the text forms of RFC 4291 §2.2, with `::` and a dotted tail; no zone index.
    public init?(_ text: some StringProtocol) {
        guard let gap = text.range(of: "::") else {
            guard let words = Self.words(text), words.count == 8 else { return nil }
            self.init(words: words)
            return
        }
        let after = text[gap.upperBound...]
        guard after.range(of: "::") == nil, let head = Self.words(text[..<gap.lowerBound]), let tail = Self.words(after),
            head.count + tail.count < 8
        else { return nil }
        self.init(words: head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private init(words: [UInt16]) {
        self.init(
            high: words[0..<4].reduce(0) { $0 << 16 | UInt64($1) }, low: words[4..<8].reduce(0) { $0 << 16 | UInt64($1) })
    }

    private static func words(_ text: some StringProtocol) -> [UInt16]? {
        if text.isEmpty { return [] }
        var words: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.utf8.contains(UInt8(ascii: ".")) {
                guard let dotted = IPv4Address(part) else { return nil }
                words += [UInt16(dotted.value >> 16), UInt16(truncatingIfNeeded: dotted.value)]
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                    let word = UInt16(part, radix: 16)
                else { return nil }
                words.append(word)
            }
        }
        return words.count <= 8 ? words : nil
    }

    public var bytes: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * UInt64($0))) } }
    }

    /// Eight groups of hexadecimal digits, the longest run of zeros as `::` (RFC 5952).
    public var description: String {
        let words = [high, low].flatMap { half in (0..<4).map { UInt16(truncatingIfNeeded: half >> (48 - 16 * UInt64($0))) } }
        var best = 0..<0
        var start = 0
        while start < 8 {
            guard words[start] == 0 else { start += 1; continue }
            var end = start
            while end < 8, words[end] == 0 { end += 1 }
            if end - start > max(1, best.count) { best = start..<end }
            start = end
        }
        func text(_ words: some Sequence<UInt16>) -> String { words.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? text(words) : text(words[..<best.lowerBound]) + "::" + text(words[best.upperBound...])
    }

    public static func < (a: Self, b: Self) -> Bool { (a.high, a.low) < (b.high, b.low) }
}

extension StringProtocol {
    /// The first place of `other`: the standard library has none without Foundation.
    fileprivate func range(of other: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            let rest = self[start...]
            if rest.hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
