/// A search for a text within bytes that takes `A` for `a`.
struct TextMatch: Sendable {
    private let needle: [UInt8]

    init(_ text: String) { needle = text.utf8.map(Self.folded) }

    var isEmpty: Bool { needle.isEmpty }

    /// Where the text is found first; nil when it is not. An empty text is found everywhere.
    func firstRange(in bytes: some Collection<UInt8>) -> Range<Int>? {
        bytes.withContiguousStorageIfAvailable(search) ?? Array(bytes).withUnsafeBufferPointer(search)
    }

    func isFound(in text: String) -> Bool { firstRange(in: text.utf8) != nil }

    private func search(_ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
        guard let first = needle.first else { return 0..<0 }
        guard bytes.count >= needle.count else { return nil }
        for start in 0...(bytes.count - needle.count) where Self.folded(bytes[start]) == first {
            var length = 1
            while length < needle.count, Self.folded(bytes[start + length]) == needle[length] { length += 1 }
            if length == needle.count { return start..<(start + length) }
        }
        return nil
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
