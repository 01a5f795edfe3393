import DNSWire

func name(_ text: String) throws -> DNSName {
    struct NotAName: Error { var text: String }
    guard let name = DNSName(text) else { throw NotAName(text: text) }
    return name
}

/// A zone with one of everything.
func sampleZone(addresses: Int = 3, services: Int = 2) throws -> Zone {
    let apex = try name("mesos")
    let primary = try name("ns1.mesos")
    let authority = StartOfAuthority(
        primary: primary, mailbox: try name("root.ns1.mesos"), serial: 1_480_000_000, refresh: 60, retry: 600, expire: 86400,
        minimum: 60)
    var editor = ZoneEditor(apex: apex, ttl: 60, authority: authority, seed: 1)
    editor.set(RecordSet(addresses: [IPv4Address(value: 0x7f00_0101)]), for: primary)
    let web = (0..<addresses).map { IPv4Address(value: 0x0a00_0000 + UInt32($0)) }
    editor.set(RecordSet(addresses: web), for: try name("web.marathon.mesos"))
    editor.set(
        RecordSet(addresses: [IPv4Address(value: 0x0900_0001)], addresses6: [IPv6Address(high: 0xfd01_0000_0000_0000, low: 7)]),
        for: try name("dual.marathon.mesos"))
    var set: [RecordSet.Service] = []
    for index in 0..<services {
        let target = try name("web-abcde\(index)-s\(index).marathon.slave.mesos")
        set.append(.init(target: target, port: UInt16(31000 + index)))
        editor.set(RecordSet(addresses: [IPv4Address(value: 0x0a01_0000 + UInt32(index))]), for: target)
    }
    editor.set(RecordSet(services: set), for: try name("_web._tcp.marathon.mesos"))
    return editor.zone
}

/// Asks the zone over a buffer, as a server would.
struct Asker {
    var responder: Responder
    let zone: Zone

    init(_ zone: Zone, policy: Responder.Policy = Responder.Policy(), seed: UInt64 = 7) {
        self.zone = zone
        responder = Responder(policy: policy, seed: seed)
    }

    mutating func bytes(_ packet: [UInt8], over transport: Responder.Transport = .udp) -> (Responder.Outcome, [UInt8]) {
        var buffer = [UInt8](repeating: 0xee, count: Responder.maximumReplySize)
        let outcome = packet.withUnsafeBytes { packet in
            buffer.withUnsafeMutableBytes { responder.respond(to: packet, in: zone, over: transport, into: $0) }
        }
        guard case .reply(let length) = outcome else { return (outcome, []) }
        return (outcome, Array(buffer[..<length]))
    }

    mutating func ask(_ message: Message, over transport: Responder.Transport = .udp) throws -> Message {
        let (_, reply) = bytes(message.encoded(), over: transport)
        return try Message(decoding: reply)
    }

    mutating func ask(
        _ text: String, _ type: RecordType, edns: Message.Extension? = nil, over transport: Responder.Transport = .udp
    ) throws -> Message {
        try ask(.query(id: 4711, try name(text), type, edns: edns), over: transport)
    }
}

extension Message {
    var soa: StartOfAuthority? {
        for record in authority {
            if case .soa(let soa) = record.data { return soa }
        }
        return nil
    }
    var addressSet: Set<IPv4Address> {
        Set(answers.compactMap { if case .a(let address) = $0.data { address } else { nil } })
    }
}
