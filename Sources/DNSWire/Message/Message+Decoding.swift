extension Message {
    /// Reads a message; bytes after its last record are ignored.
    /// - Throws: `WireError` for anything that is not one, whatever the bytes.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        let result = bytes.withUnsafeBytes { buffer -> Result<Message, WireError> in
            do throws(WireError) { return .success(try Message(reading: buffer)) } catch { return .failure(error) }
        }
        self = try result.get()
    }

    private init(reading buffer: UnsafeRawBufferPointer) throws(WireError) {
        var reader = WireReader(buffer)
        let id = try reader.uint16()
        let word = try reader.uint16()
        self.init(id: id, flags: HeaderFlags(rawValue: word).intersection(.all))
        opcode = UInt8(word >> 11 & 0xf)
        responseCode = ResponseCode(rawValue: word & 0xf)
        let counts = (try reader.uint16(), try reader.uint16(), try reader.uint16(), try reader.uint16())
        for _ in 0..<counts.0 {
            let name = try reader.name()
            let type = RecordType(rawValue: try reader.uint16())
            questions.append(Question(name, type, RecordClass(rawValue: try reader.uint16())))
        }
        for _ in 0..<counts.1 { answers.append(try Message.record(&reader)) }
        for _ in 0..<counts.2 { authority.append(try Message.record(&reader)) }
        for _ in 0..<counts.3 {
            let record = try Message.record(&reader)
            guard record.data.type == .opt else {
                additional.append(record)
                continue
            }
            guard edns == nil, record.name == .root else { throw reader.failure("second or misplaced OPT record") }
            edns = Extension(
                payloadSize: record.recordClass.rawValue, version: UInt8(truncatingIfNeeded: record.ttl >> 16),
                wantsDNSSEC: record.ttl & 0x8000 != 0)
            responseCode = ResponseCode(rawValue: UInt16(record.ttl >> 24) << 4 | responseCode.rawValue)
        }
    }

    private static func record(_ reader: inout WireReader) throws(WireError) -> ResourceRecord {
        let name = try reader.name()
        let type = RecordType(rawValue: try reader.uint16())
        let recordClass = RecordClass(rawValue: try reader.uint16())
        let ttl = try reader.uint32()
        let length = Int(try reader.uint16())
        guard reader.remaining >= length else { throw reader.failure("cut short") }
        let end = reader.offset + length
        // Names inside the data may point anywhere before it but must end within it.
        let data = try Message.data(of: type, length: length, &reader)
        guard reader.offset == end else { throw reader.failure("record data of the wrong length") }
        return ResourceRecord(name: name, ttl: ttl, data: data, recordClass: recordClass)
    }

    private static func data(of type: RecordType, length: Int, _ reader: inout WireReader) throws(WireError) -> RecordData {
        switch type {
        case .a where length == 4: return .a(IPv4Address(value: try reader.uint32()))
        case .aaaa where length == 16:
            let words = (try reader.uint32(), try reader.uint32(), try reader.uint32(), try reader.uint32())
            return .aaaa(
                IPv6Address(high: UInt64(words.0) << 32 | UInt64(words.1), low: UInt64(words.2) << 32 | UInt64(words.3)))
        case .ns: return .ns(try reader.name())
        case .srv:
            let numbers = (try reader.uint16(), try reader.uint16(), try reader.uint16())
            return .srv(priority: numbers.0, weight: numbers.1, port: numbers.2, target: try reader.name())
        case .soa:
            let primary = try reader.name()
            let mailbox = try reader.name()
            return .soa(
                StartOfAuthority(
                    primary: primary, mailbox: mailbox, serial: try reader.uint32(), refresh: try reader.uint32(),
                    retry: try reader.uint32(), expire: try reader.uint32(), minimum: try reader.uint32()))
        default: return .other(type, try reader.take(length))
        }
    }
}
