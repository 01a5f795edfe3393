/// A reply under construction: header, question, sections in order, OPT last.
struct Reply {
    enum Section { case answer, authority }
    struct Mark {
        fileprivate var position: Int
        fileprivate var additional: UInt16
    }

    private var writer: ReplyWriter
    private let word: UInt16
    private let edns: Query.EDNS?
    private let policy: Responder.Policy
    private var questions: UInt16 = 0
    private(set) var answers: UInt16 = 0
    private var authority: UInt16 = 0
    private var additional: UInt16 = 0
    /// Where the message has the zone's apex; nil when it has not.
    var apexAt: Int?

    private static let optLength = 11

    init(_ out: UnsafeMutableRawBufferPointer, limit: Int, id: UInt16, word: UInt16, edns: Query.EDNS?, policy: Responder.Policy) {
        // The room of the OPT record is kept free throughout.
        writer = ReplyWriter(out, limit: min(limit, out.count) - (edns == nil ? 0 : Reply.optLength))
        self.word = word
        self.edns = edns
        self.policy = policy
        writer.append(id)
        for _ in 0..<5 { writer.append(UInt16(0)) }
    }

    var position: Int { writer.position }
    var room: Int { writer.limit - writer.position }
    var mark: Mark { Mark(position: writer.position, additional: additional) }

    mutating func rewind(to mark: Mark) {
        writer.rewind(to: mark.position)
        additional = mark.additional
    }

    /// Echoes the first question as it was spelt.
    mutating func copyQuestion(_ packet: UnsafeRawBufferPointer, nameLength: Int) {
        writer.append(UnsafeRawBufferPointer(rebasing: packet[12..<(12 + nameLength + 4)]))
        questions = 1
    }

    /// The caller has checked `room`. A set beyond 65,535 records cannot fit a message.
    @inline(__always)
    mutating func appendAnswer(_ bytes: [UInt8], from start: Int, count: Int) {
        writer.append(bytes, from: start, count: count)
        answers &+= 1
    }

    /// An SRV record whose fixed part is ready but whose target is not; the caller has checked `room`.
    /// - Returns: where the target stands.
    mutating func appendService(head: [UInt8], from start: Int, _ target: DNSName, length: Int, apex: DNSName) -> Int {
        writer.append(head, from: start, count: ZoneNode.targetOffset - 8)
        writer.append(UInt16(truncatingIfNeeded: 6 + length))
        writer.append(head, from: start + 12, count: 6)
        let place = writer.position
        writer.append(target, apex: apex, apexAt: apexAt)
        answers &+= 1
        return place
    }

    /// An A record of a name that stands at `place` already; false when it does not fit.
    mutating func appendAdditional(_ name: DNSName, at place: Int, _ records: [UInt8], from start: Int, apex: DNSName) -> Bool {
        if place > 0, place < 0x4000 {
            guard writer.fits(ZoneNode.aLength) else { return false }
            writer.append(UInt16(truncatingIfNeeded: 0xc000 | place))
        } else {
            guard writer.fits(ReplyWriter.length(of: name, apex: apex, apexAt: apexAt) + ZoneNode.aLength - 2) else { return false }
            writer.append(name, apex: apex, apexAt: apexAt)
        }
        writer.append(records, from: start + 2, count: ZoneNode.aLength - 2)
        additional &+= 1
        return true
    }

    /// The zone's SOA record, owned by the apex so that negative answers can be cached (RFC 2308 §2.1).
    mutating func appendSOA(_ zone: Zone, in section: Section) {
        let soa = zone.authority
        let names =
            ReplyWriter.length(of: soa.primary, apex: zone.apex, apexAt: apexAt)
            + ReplyWriter.length(of: soa.mailbox, apex: zone.apex, apexAt: apexAt)
        guard appendHead(.soa, zone, length: names + 20, in: section) else { return }
        writer.append(soa.primary, apex: zone.apex, apexAt: apexAt)
        writer.append(soa.mailbox, apex: zone.apex, apexAt: apexAt)
        writer.append(soa.serial)
        writer.append(soa.refresh)
        writer.append(soa.retry)
        writer.append(soa.expire)
        writer.append(soa.minimum)
    }

    /// - Returns: where the name server's name stands; nil when the record does not fit.
    mutating func appendNS(_ zone: Zone, in section: Section) -> Int? {
        let length = ReplyWriter.length(of: zone.authority.primary, apex: zone.apex, apexAt: apexAt)
        guard appendHead(.ns, zone, length: length, in: section) else { return nil }
        defer { writer.append(zone.authority.primary, apex: zone.apex, apexAt: apexAt) }
        return writer.position
    }

    private mutating func appendHead(_ type: RecordType, _ zone: Zone, length: Int, in section: Section) -> Bool {
        let owner = apexAt == nil ? zone.apex.wire.count : 2
        guard writer.fits(owner + 10 + length) else { return false }
        writer.append(zone.apex, apex: zone.apex, apexAt: apexAt)
        writer.append(type.rawValue)
        writer.append(RecordClass.in.rawValue)
        writer.append(zone.ttl)
        writer.append(UInt16(truncatingIfNeeded: length))
        switch section {
        case .answer: answers &+= 1
        case .authority: authority &+= 1
        }
        return true
    }

    /// No data for the question: the SOA says how long that may be remembered.
    mutating func negative(_ code: ResponseCode, _ zone: Zone) -> Int {
        appendSOA(zone, in: .authority)
        return finish(code)
    }

    /// Completes header and OPT record.
    /// - Returns: the reply's length in bytes.
    mutating func finish(_ code: ResponseCode, authoritative: Bool = true, truncated: Bool = false) -> Int {
        var flags: HeaderFlags = [.response, HeaderFlags(rawValue: word).intersection(.recursionDesired)]
        if authoritative { flags.insert(.authoritative) }
        if truncated, policy.setsTruncateBit { flags.insert(.truncated) }
        if policy.recursionAvailable { flags.insert(.recursionAvailable) }
        writer.overwrite(flags.rawValue | word & 0x7800 | code.rawValue & 0xf, at: 2)
        if let edns {
            var tail = ReplyWriter(
                UnsafeMutableRawBufferPointer(rebasing: writer.bytes[writer.position...]), limit: Reply.optLength)
            tail.append(UInt8(0))
            tail.append(RecordType.opt.rawValue)
            tail.append(UInt16(Responder.payloadSize))
            tail.append(UInt8(truncatingIfNeeded: code.rawValue >> 4))
            tail.append(UInt8(0))
            // RFC 6891 §6.1.4: DO is copied.
            tail.append(edns.wantsDNSSEC ? UInt16(0x8000) : 0)
            tail.append(UInt16(0))
            additional &+= 1
        }
        writer.overwrite(questions, at: 4)
        writer.overwrite(answers, at: 6)
        writer.overwrite(authority, at: 8)
        writer.overwrite(additional, at: 10)
        return writer.position + (edns == nil ? 0 : Reply.optLength)
    }
}
