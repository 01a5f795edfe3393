/// Answers queries from a zone by the rules of contracts/dns-networking.md §3.6. Owns the scratch memory of one thread;
/// answering allocates nothing once the scratch has grown to the largest record set.
public struct Responder: Sendable {
    public struct Policy: Sendable {
        /// RA in every reply.
        public var recursionAvailable: Bool
        /// Whether a reply that had to leave answers out says so.
        public var setsTruncateBit: Bool
        /// Whether names outside the zone are somebody else's to ask; otherwise they are REFUSED.
        public var forwardsForeignNames: Bool
        public init(recursionAvailable: Bool = true, setsTruncateBit: Bool = true, forwardsForeignNames: Bool = false) {
            self.recursionAvailable = recursionAvailable
            self.setsTruncateBit = setsTruncateBit
            self.forwardsForeignNames = forwardsForeignNames
        }
    }

    public enum Transport: Sendable { case udp, tcp }

    public enum Outcome: Sendable, Hashable {
        /// Say nothing.
        case drop
        /// Send that many bytes.
        case reply(Int)
        /// The name is not ours: relay the query.
        case forward
    }

    /// What we offer to take over UDP, and the most we send there (RFC 6891 §6.2.5, DNS flag day 2020), in bytes.
    public static let payloadSize = 1232
    /// Big enough for every reply.
    public static let maximumReplySize = 65535

    public var policy: Policy
    private var random: SplitMix64
    private var key = QuestionKey()
    /// A permutation under way.
    private var order: [UInt32] = []
    /// Where in the reply each target of an SRV set was first written.
    private var targetPlaces: [Int] = []

    public init(policy: Policy = Policy(), seed: UInt64 = .random(in: .min ... .max)) {
        self.policy = policy
        random = SplitMix64(seed: seed)
    }

    /// - out: at least 512 bytes; a reply never needs more than `maximumReplySize`.
    public mutating func respond(
        to packet: UnsafeRawBufferPointer, in zone: Zone, over transport: Transport, into out: UnsafeMutableRawBufferPointer
    ) -> Outcome {
        let query: Query
        switch Query.read(packet) {
        case .drop: return .drop
        case .failure(let id, let word, let code):
            var reply = Reply(out, limit: 512, id: id, word: word, edns: nil, policy: policy)
            return .reply(reply.finish(code, authoritative: false))
        case .query(let read): query = read
        }
        var limit = Responder.maximumReplySize
        if transport == .udp {
            limit = min(query.edns?.payloadSize ?? 512, Responder.payloadSize)
        }
        var reply = Reply(out, limit: limit, id: query.id, word: query.word, edns: query.edns, policy: policy)
        reply.copyQuestion(packet, nameLength: query.nameLength)
        if let edns = query.edns, edns.version > 0 { return .reply(reply.finish(.badVersion, authoritative: false)) }
        guard query.recordClass == .in || query.recordClass == .any, query.type != .axfr, query.type != .ixfr else {
            return .reply(reply.finish(.refused, authoritative: false))
        }
        key.read(
            UnsafeRawBufferPointer(rebasing: packet[12..<(12 + query.nameLength)]), apex: zone.apex, seed: zone.table.seed)
        guard key.isInZone else {
            return policy.forwardsForeignNames ? .forward : .reply(reply.finish(.refused, authoritative: false))
        }
        reply.apexAt = key.apexOffset.map { $0 + 12 }
        return .reply(answer(query.type, in: zone, &reply))
    }

    /// A reply of the header and the question alone, for what could not be answered.
    /// - Returns: its length; 0 when the packet is not even a query.
    public func refuse(
        _ packet: UnsafeRawBufferPointer, with code: ResponseCode, into out: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard case .query(let query) = Query.read(packet) else { return 0 }
        var reply = Reply(out, limit: 512, id: query.id, word: query.word, edns: query.edns, policy: policy)
        reply.copyQuestion(packet, nameLength: query.nameLength)
        return reply.finish(code, authoritative: false)
    }

    private mutating func answer(_ type: RecordType, in zone: Zone, _ reply: inout Reply) -> Int {
        let node = key.bytes.withUnsafeBufferPointer {
            zone.table.value(hash: key.hash, name: UnsafeBufferPointer(rebasing: $0[0..<key.length]))
        }
        switch type {
        case .a, .aaaa:
            guard let node else { return reply.negative(.nameError, zone) }
            let isComplete =
                type == .a
                ? fixed(node.a, size: ZoneNode.aLength, &reply) : fixed(node.aaaa, size: ZoneNode.aaaaLength, &reply)
            if reply.answers == 0, isComplete { return reply.negative(.noError, zone) }
            return reply.finish(.noError, truncated: !isComplete)
        case .srv:
            guard let services = node?.services else { return reply.negative(.noError, zone) }
            guard self.services(services, in: zone, &reply) else { return reply.finish(.noError, truncated: true) }
            additional(services, in: zone, &reply)
            return reply.finish(.noError)
        case .soa, .ns:
            // For both the contract asks NOERROR of every name, known or not.
            guard key.length == zone.apex.wire.count else { return reply.negative(.noError, zone) }
            if type == .soa { reply.appendSOA(zone, in: .answer) } else { nameServer(in: zone, &reply, in: .answer) }
            return reply.finish(.noError)
        case .any:
            guard let node else { return reply.negative(.nameError, zone) }
            var isComplete = fixed(node.a, size: ZoneNode.aLength, &reply)
            isComplete = fixed(node.aaaa, size: ZoneNode.aaaaLength, &reply) && isComplete
            if let services = node.services { isComplete = self.services(services, in: zone, &reply) && isComplete }
            if isComplete {
                reply.appendSOA(zone, in: .authority)
                nameServer(in: zone, &reply, in: .authority)
            }
            return reply.finish(.noError, truncated: !isComplete)
        default:
            return reply.negative(node == nil ? .nameError : .noError, zone)
        }
    }

    /// Appends records of equal size in random order, as many as fit; false when some do not.
    private mutating func fixed(_ records: [UInt8], size: Int, _ reply: inout Reply) -> Bool {
        let count = records.count / size
        let fitting = min(count, reply.room / size)
        if count == 1, fitting == 1 {
            reply.appendAnswer(records, from: 0, count: size)
            return true
        }
        prepareOrder(count)
        for index in 0..<fitting {
            let chosen = pick(index, of: count)
            reply.appendAnswer(records, from: chosen * size, count: size)
        }
        return fitting == count
    }

    /// Appends SRV records in random order until one does not fit; false when one did not.
    private mutating func services(_ services: ZoneNode.Services, in zone: Zone, _ reply: inout Reply) -> Bool {
        targetPlaces.removeAll(keepingCapacity: true)
        for _ in services.targets { targetPlaces.append(0) }
        prepareOrder(services.items.count)
        for index in 0..<services.items.count {
            let item = services.items[pick(index, of: services.items.count)]
            let target = Int(item.target)
            let place: Int
            if key.isRewritten {
                let name = services.targets[target].name
                let length = ReplyWriter.length(of: name, apex: zone.apex, apexAt: reply.apexAt)
                guard reply.room >= ZoneNode.targetOffset + length else { return false }
                place = reply.appendService(
                    head: services.wire, from: Int(item.start), name, length: length, apex: zone.apex)
            } else {
                guard reply.room >= Int(item.length) else { return false }
                place = reply.position + ZoneNode.targetOffset
                reply.appendAnswer(services.wire, from: Int(item.start), count: Int(item.length))
            }
            if targetPlaces[target] == 0 { targetPlaces[target] = place }
        }
        return true
    }

    /// One address per distinct target; all of them or none.
    private mutating func additional(_ services: ZoneNode.Services, in zone: Zone, _ reply: inout Reply) {
        let start = reply.mark
        for (index, target) in services.targets.enumerated() {
            let node = target.name.wire.withUnsafeBufferPointer { zone.table.value(hash: target.hash, name: $0) }
            guard let addresses = node?.a, !addresses.isEmpty else { continue }
            let choice = addresses.count == ZoneNode.aLength ? 0 : random.below(addresses.count / ZoneNode.aLength)
            let isAppended = reply.appendAdditional(
                target.name, at: targetPlaces[index], addresses, from: choice * ZoneNode.aLength, apex: zone.apex)
            guard isAppended else {
                reply.rewind(to: start)
                return
            }
        }
    }

    /// The zone's NS record, in the answer section with its address.
    private mutating func nameServer(in zone: Zone, _ reply: inout Reply, in section: Reply.Section) {
        let primary = zone.authority.primary
        guard let place = reply.appendNS(zone, in: section), section == .answer,
            let addresses = zone.table[primary]?.a
        else { return }
        for index in 0..<(addresses.count / ZoneNode.aLength) {
            _ = reply.appendAdditional(primary, at: place, addresses, from: index * ZoneNode.aLength, apex: zone.apex)
        }
    }

    private mutating func prepareOrder(_ count: Int) {
        if order.count < count {
            order.reserveCapacity(count)
            while order.count < count { order.append(0) }
        }
        for index in 0..<count { order[index] = UInt32(truncatingIfNeeded: index) }
    }

    /// The next element of a Fisher-Yates shuffle: a uniform choice among those not chosen yet.
    @inline(__always)
    private mutating func pick(_ index: Int, of count: Int) -> Int {
        let other = index + random.below(count - index)
        order.swapAt(index, other)
        return Int(order[index])
    }
}
