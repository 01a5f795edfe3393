extension Message {
    /// The message's bytes, names compressed where RFC 1035 §4.1.4 and RFC 3597 §4 allow it.
    /// A section of more than 65,535 records is cut.
    public func encoded() -> [UInt8] {
        var writer = MessageWriter()
        writer.append(id)
        writer.append(
            flags.intersection(.all).rawValue | UInt16(opcode & 0xf) << 11 | responseCode.rawValue & 0xf)
        let extra = additional.count + (edns == nil ? 0 : 1)
        for count in [questions.count, answers.count, authority.count, extra] { writer.append(UInt16(clamping: count)) }
        for question in questions.prefix(0xffff) {
            writer.append(question.name)
            writer.append(question.type.rawValue)
            writer.append(question.recordClass.rawValue)
        }
        for record in answers.prefix(0xffff) { writer.append(record) }
        for record in authority.prefix(0xffff) { writer.append(record) }
        for record in additional.prefix(0xffff) { writer.append(record) }
        if let edns {
            writer.bytes.append(0)
            writer.append(RecordType.opt.rawValue)
            writer.append(edns.payloadSize)
            writer.append(UInt8(truncatingIfNeeded: responseCode.rawValue >> 4))
            writer.append(edns.version)
            writer.append(edns.wantsDNSSEC ? UInt16(0x8000) : 0)
            writer.append(UInt16(0))
        }
        return writer.bytes
    }
}

/// Appends fields to a message and remembers where names stand.
private struct MessageWriter {
    var bytes: [UInt8] = []
    private var places: [ArraySlice<UInt8>: UInt16] = [:]

    mutating func append<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ name: DNSName) {
        var rest = name.wire[...]
        while let length = rest.first, length > 0 {
            if let place = places[rest] {
                append(0xc000 | place)
                return
            }
            if bytes.count < 0x4000 { places[rest] = UInt16(bytes.count) }
            bytes.append(contentsOf: rest.prefix(Int(length) + 1))
            rest = rest.dropFirst(Int(length) + 1)
        }
        bytes.append(0)
    }

    mutating func append(_ record: ResourceRecord) {
        append(record.name)
        append(record.data.type.rawValue)
        append(record.recordClass.rawValue)
        append(record.ttl)
        let lengthAt = bytes.count
        append(UInt16(0))
        switch record.data {
        case .a(let address): append(address.value)
        case .aaaa(let address):
            append(address.high)
            append(address.low)
        case .ns(let name): append(name)
        case .srv(let priority, let weight, let port, let target):
            append(priority)
            append(weight)
            append(port)
            append(target)
        case .soa(let soa):
            append(soa.primary)
            append(soa.mailbox)
            for number in [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum] { append(number) }
        case .other(_, let data): bytes.append(contentsOf: data.prefix(0xffff))
        }
        let length = UInt16(clamping: bytes.count - lengthAt - 2)
        bytes[lengthAt] = UInt8(length >> 8)
        bytes[lengthAt + 1] = UInt8(truncatingIfNeeded: length)
    }
}
