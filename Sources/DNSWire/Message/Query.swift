/// What a server needs to know of a query, read in place without allocating.
struct Query {
    var id: UInt16
    /// The second header word as received.
    var word: UInt16
    /// Bytes of the first question's name; it begins at byte 12 and has no pointer.
    var nameLength: Int
    var type: RecordType
    var recordClass: RecordClass
    var edns: EDNS?

    struct EDNS {
        /// Bytes, at least 512 (RFC 6891 §6.2.5).
        var payloadSize: Int
        var version: UInt8
        var wantsDNSSEC: Bool
    }

    enum Reading {
        /// Not worth an answer: shorter than a header, or itself a response.
        case drop
        /// Answer with this code and the header alone.
        case failure(id: UInt16, word: UInt16, ResponseCode)
        case query(Query)
    }

    /// Reads a packet by the rules of contracts/dns-networking.md §3.6: the first question counts, the rest of the message
    /// must still be well formed.
    static func read(_ packet: UnsafeRawBufferPointer) -> Reading {
        guard packet.count >= 12 else { return .drop }
        let id = UInt16(packet[0]) << 8 | UInt16(packet[1])
        let word = UInt16(packet[2]) << 8 | UInt16(packet[3])
        guard word & HeaderFlags.response.rawValue == 0 else { return .drop }
        guard word & 0x7800 == 0 else { return .failure(id: id, word: word, .notImplemented) }
        do throws(WireError) {
            return .query(try body(packet, id: id, word: word))
        } catch {
            return .failure(id: id, word: word, .formatError)
        }
    }

    private static func body(_ packet: UnsafeRawBufferPointer, id: UInt16, word: UInt16) throws(WireError) -> Query {
        var reader = WireReader(packet)
        reader.offset = 4
        let questions = try reader.uint16()
        let answers = try reader.uint16()
        let authority = try reader.uint16()
        let additional = try reader.uint16()
        guard questions > 0 else { throw reader.failure("no question") }
        // A pointer in the first name could only point into the header.
        guard try !reader.skipName() else { throw reader.failure("compressed question") }
        let nameLength = reader.offset - 12
        let type = RecordType(rawValue: try reader.uint16())
        let recordClass = RecordClass(rawValue: try reader.uint16())
        var query = Query(id: id, word: word, nameLength: nameLength, type: type, recordClass: recordClass)
        for _ in 1..<max(1, questions) {
            try reader.skipName()
            _ = try reader.uint32()
        }
        for _ in 0..<(Int(answers) + Int(authority)) { _ = try skipRecord(&reader) }
        for _ in 0..<additional {
            guard let found = try skipRecord(&reader) else { continue }
            guard query.edns == nil else { throw reader.failure("second OPT record") }
            query.edns = found
        }
        return query
    }

    private static func skipRecord(_ reader: inout WireReader) throws(WireError) -> EDNS? {
        let start = reader.offset
        try reader.skipName()
        let isRoot = reader.offset == start + 1
        let type = RecordType(rawValue: try reader.uint16())
        let recordClass = try reader.uint16()
        let ttl = try reader.uint32()
        let length = Int(try reader.uint16())
        guard reader.remaining >= length else { throw reader.failure("cut short") }
        reader.offset += length
        guard type == .opt else { return nil }
        guard isRoot else { throw reader.failure("OPT record not at the root") }
        return EDNS(
            payloadSize: max(512, Int(recordClass)), version: UInt8(truncatingIfNeeded: ttl >> 16),
            wantsDNSSEC: ttl & 0x8000 != 0)
    }
}
