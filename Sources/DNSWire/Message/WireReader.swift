/// Why bytes are not a message.
public struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where in the message, in bytes.
    public let offset: Int
    public let reason: String
    public var description: String { "not a DNS message: \(reason) at byte \(offset)" }
}

/// Reads the fields of a message in order; never beyond its end.
struct WireReader {
    let bytes: UnsafeRawBufferPointer
    var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    func failure(_ reason: String) -> WireError { WireError(offset: offset, reason: reason) }

    mutating func uint8() throws(WireError) -> UInt8 {
        guard remaining >= 1 else { throw failure("cut short") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func uint16() throws(WireError) -> UInt16 {
        guard remaining >= 2 else { throw failure("cut short") }
        defer { offset += 2 }
        return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    mutating func uint32() throws(WireError) -> UInt32 {
        let high = try uint16()
        let low = try uint16()
        return UInt32(high) << 16 | UInt32(low)
    }

    mutating func take(_ count: Int) throws(WireError) -> [UInt8] {
        guard remaining >= count else { throw failure("cut short") }
        defer { offset += count }
        return Array(bytes[offset..<(offset + count)])
    }

    /// Passes over a name without following its pointer; a pointer must point backwards (RFC 1035 §4.1.4).
    /// - Returns: whether the name ended in a pointer.
    @discardableResult
    mutating func skipName() throws(WireError) -> Bool {
        var length = 1
        while true {
            let at = offset
            let byte = try uint8()
            if byte == 0 { return false }
            switch byte & 0xc0 {
            case 0x00:
                length += Int(byte) + 1
                guard length <= 255 else { throw failure("name over 255 bytes") }
                guard remaining >= Int(byte) else { throw failure("cut short") }
                offset += Int(byte)
            case 0xc0:
                let target = Int(byte & 0x3f) << 8 | Int(try uint8())
                guard target < at else { throw failure("compression pointer forwards") }
                return true
            default: throw failure("unknown label type")
            }
        }
    }

    /// Reads a name, following pointers. Each pointer must point before the place where the run of labels that it ends
    /// began, so reading terminates.
    mutating func name() throws(WireError) -> DNSName {
        var wire: [UInt8] = []
        var at = offset
        var runStart = offset
        var end: Int?
        while true {
            guard at < bytes.count else { throw failure("cut short") }
            let byte = bytes[at]
            if byte == 0 {
                wire.append(0)
                offset = end ?? at + 1
                guard wire.count <= 255 else { throw failure("name over 255 bytes") }
                return DNSName(unchecked: wire)
            }
            switch byte & 0xc0 {
            case 0x00:
                guard at + 1 + Int(byte) <= bytes.count else { throw failure("cut short") }
                guard wire.count + Int(byte) + 2 <= 255 else { throw failure("name over 255 bytes") }
                wire.append(byte)
                for index in (at + 1)...(at + Int(byte)) { wire.append(DNSName.lowercased(bytes[index])) }
                at += 1 + Int(byte)
            case 0xc0:
                guard at + 1 < bytes.count else { throw failure("cut short") }
                let target = Int(byte & 0x3f) << 8 | Int(bytes[at + 1])
                guard target < runStart else { throw failure("compression pointer forwards") }
                if end == nil { end = at + 2 }
                at = target
                runStart = target
            default: throw failure("unknown label type")
            }
        }
    }
}
