/// Writes a reply into a caller's buffer. Callers ask `fits` first; what would pass the limit anyway is not written.
struct ReplyWriter {
    let bytes: UnsafeMutableRawBufferPointer
    /// At most `bytes.count`.
    let limit: Int
    private(set) var position = 0

    init(_ bytes: UnsafeMutableRawBufferPointer, limit: Int) {
        self.bytes = bytes
        self.limit = min(limit, bytes.count)
    }

    @inline(__always)
    func fits(_ count: Int) -> Bool { count <= limit - position }

    @inline(__always)
    mutating func append(_ number: UInt8) {
        guard fits(1) else { return }
        bytes[position] = number
        position += 1
    }

    @inline(__always)
    mutating func append(_ number: UInt16) {
        guard fits(2) else { return }
        bytes.storeBytes(of: number.bigEndian, toByteOffset: position, as: UInt16.self)
        position += 2
    }

    @inline(__always)
    mutating func append(_ number: UInt32) {
        guard fits(4) else { return }
        bytes.storeBytes(of: number.bigEndian, toByteOffset: position, as: UInt32.self)
        position += 4
    }

    @inline(__always)
    mutating func append(_ source: UnsafeRawBufferPointer) {
        guard fits(source.count) else { return }
        UnsafeMutableRawBufferPointer(rebasing: bytes[position...]).copyMemory(from: source)
        position += source.count
    }

    /// A slice of an array without making one.
    @inline(__always)
    mutating func append(_ source: [UInt8], from start: Int, count: Int) {
        source.withUnsafeBytes { append(UnsafeRawBufferPointer(rebasing: $0[start..<(start + count)])) }
    }

    /// A name, its part at and below `apex` as a pointer to `apexAt` when the message has the apex there.
    mutating func append(_ name: DNSName, apex: DNSName, apexAt: Int?) {
        if let apexAt, let prefix = name.prefixLength(above: apex) {
            append(name.wire, from: 0, count: prefix)
            append(UInt16(truncatingIfNeeded: 0xc000 | apexAt))
        } else {
            append(name.wire, from: 0, count: name.wire.count)
        }
    }

    static func length(of name: DNSName, apex: DNSName, apexAt: Int?) -> Int {
        if apexAt != nil, let prefix = name.prefixLength(above: apex) { return prefix + 2 }
        return name.wire.count
    }

    mutating func overwrite(_ number: UInt16, at offset: Int) {
        guard offset + 2 <= position else { return }
        bytes.storeBytes(of: number.bigEndian, toByteOffset: offset, as: UInt16.self)
    }

    /// Takes back what was written after `position`.
    mutating func rewind(to position: Int) { self.position = min(position, self.position) }
}
