/// The lookup key of a question: its name in lower case with every `.*` removed (contracts/dns-networking.md §3.6).
/// Reused from query to query, so that reading one allocates nothing.
struct QuestionKey {
    private(set) var bytes = [UInt8](repeating: 0, count: 256)
    private(set) var length = 0
    private(set) var hash: UInt64 = 0
    /// Where the apex begins in the question's own name; nil when `.*` inside it hides it.
    private(set) var apexOffset: Int?
    /// Whether the key differs from the question in more than case, so that precomputed pointers into it are off.
    private(set) var isRewritten = false
    /// Whether the key is at or below the apex.
    private(set) var isInZone = false

    /// - name: the question's name in wire form, well formed.
    mutating func read(_ name: UnsafeRawBufferPointer, apex: DNSName, seed: UInt64) {
        length = name.count
        var hash = seed
        var hasStar = false
        var label = 0
        let apexStart = name.count - apex.wire.count
        var hasBoundary = false
        for index in 0..<name.count {
            if index == label {
                hasBoundary = hasBoundary || index == apexStart
                label += Int(name[index]) + 1
                if index > 0, name[index] > 0, name[index + 1] == UInt8(ascii: "*") { hasStar = true }
            }
            let byte = DNSName.lowercased(name[index])
            bytes[index] = byte
            hash = NameTable<ZoneNode>.step(hash, byte)
        }
        apexOffset = hasBoundary && ends(with: apex) ? apexStart : nil
        isRewritten = hasStar
        if hasStar {
            removeStars()
            hash = seed
            for index in 0..<length { hash = NameTable<ZoneNode>.step(hash, bytes[index]) }
            isInZone = isAtOrBelow(apex)
        } else {
            isInZone = apexOffset != nil
        }
        self.hash = NameTable<ZoneNode>.finish(hash)
    }

    @inline(__always)
    private func ends(with apex: DNSName) -> Bool {
        let start = length - apex.wire.count
        guard start >= 0 else { return false }
        for index in 0..<apex.wire.count where bytes[start + index] != apex.wire[index] { return false }
        return true
    }

    private func isAtOrBelow(_ apex: DNSName) -> Bool {
        let start = length - apex.wire.count
        var boundary = 0
        while boundary < start { boundary += Int(bytes[boundary]) + 1 }
        return boundary == start && ends(with: apex)
    }

    /// In text the two characters `.*` go: a label that begins with `*` loses it and joins the label before. A joined label
    /// over 63 bytes names nothing, which a length byte above 63 says as well.
    private mutating func removeStars() {
        var read = 0
        var write = 0
        var last = 0
        while bytes[read] != 0 {
            let count = Int(bytes[read])
            let content = read + 1
            if read > 0, bytes[content] == UInt8(ascii: "*") {
                for index in 1..<max(1, count) {
                    bytes[write] = bytes[content + index]
                    write += 1
                }
                bytes[last] = UInt8(truncatingIfNeeded: min(255, Int(bytes[last]) + count - 1))
            } else {
                last = write
                bytes[write] = UInt8(count)
                for index in 0..<count { bytes[write + 1 + index] = bytes[content + index] }
                write += 1 + count
            }
            read = content + count
        }
        bytes[write] = 0
        length = write + 1
    }
}
