import DNSWire
import Testing

/// The table of contracts/dns-networking.md §3.6, column "Ours".
@Suite struct ResponderTests {
    @Test func anAddressQueryGetsAllAddressesWithTheZonesTTL() throws {
        var asker = Asker(try sampleZone())
        let reply = try asker.ask("web.marathon.mesos", .a)
        #expect(reply.id == 4711)
        #expect(reply.responseCode == .noError)
        #expect(reply.flags == [.response, .authoritative, .recursionDesired, .recursionAvailable])
        #expect(reply.addressSet.count == 3)
        #expect(reply.answers.allSatisfy { $0.ttl == 60 })
        #expect(reply.authority.isEmpty && reply.additional.isEmpty)
    }

    @Test func theQuestionAndTheOwnerKeepTheSpellingOfTheQuery() throws {
        var asker = Asker(try sampleZone())
        var packet = Message.query(id: 1, try name("web.marathon.mesos"), .a).encoded()
        packet[13] = UInt8(ascii: "W")
        packet[18] = UInt8(ascii: "A")
        let (_, reply) = asker.bytes(packet)
        #expect(Array(reply[12..<36]) == Array(packet[12..<36]))
        #expect(Array(reply[36..<38]) == [0xc0, 0x0c])
        #expect(try Message(decoding: reply).addressSet.count == 3)
    }

    @Test func everyAddressComesFirstAboutEquallyOften() throws {
        var asker = Asker(try sampleZone(addresses: 5))
        var first: [RecordData: Int] = [:]
        for _ in 0..<5000 {
            let reply = try asker.ask("web.marathon.mesos", .a)
            #expect(Set(reply.answers).count == 5)
            first[reply.answers[0].data, default: 0] += 1
        }
        #expect(first.count == 5)
        #expect(first.values.allSatisfy { (850...1150).contains($0) }, "\(first)")
    }

    @Test func aServiceQueryGetsEveryTargetsAddressInTheAdditionalSection() throws {
        var asker = Asker(try sampleZone())
        let reply = try asker.ask("_web._tcp.marathon.mesos", .srv)
        let targets = reply.answers.compactMap { if case .srv(0, 0, _, let target) = $0.data { target } else { nil } }
        #expect(targets.count == 2)
        #expect(reply.answers.allSatisfy { $0.name.description == "_web._tcp.marathon.mesos." })
        #expect(Set(reply.additional.map(\.name)) == Set(targets))
        #expect(reply.additional.count == 2)
    }

    @Test(arguments: [
        ("_web._tcp.marathon.mesos", RecordType.a), ("mesos", .a), ("_tcp.marathon.mesos", .a), ("marathon.mesos", .aaaa),
        ("web.marathon.mesos", .aaaa), ("web.marathon.mesos", .srv), ("nothing.mesos", .srv), ("web.marathon.mesos", .soa),
        ("nothing.mesos", .soa), ("web.marathon.mesos", .ns), ("web.marathon.mesos", .txt), ("web.marathon.mesos", .ds),
    ])
    func noDataComesWithTheSOAOfTheApex(_ text: String, _ type: RecordType) throws {
        var asker = Asker(try sampleZone())
        let reply = try asker.ask(text, type)
        #expect(reply.responseCode == .noError)
        #expect(reply.answers.isEmpty)
        #expect(reply.authority.map(\.name.description) == ["mesos."])
        #expect(reply.soa?.minimum == 60 && reply.soa?.serial == 1_480_000_000)
        #expect(reply.soa?.mailbox.description == "root.ns1.mesos.")
    }

    @Test(arguments: [RecordType.a, .aaaa, .txt, .ds, .any, .mx])
    func anUnknownNameDoesNotExist(_ type: RecordType) throws {
        var asker = Asker(try sampleZone())
        let reply = try asker.ask("nothing.marathon.mesos", type)
        #expect(reply.responseCode == .nameError)
        #expect(reply.flags.contains(.authoritative))
        #expect(reply.soa != nil)
    }

    @Test func theApexAnswersForSOAAndNS() throws {
        var asker = Asker(try sampleZone())
        let soa = try asker.ask("mesos", .soa)
        #expect(soa.answers.map(\.data.type) == [.soa] && soa.authority.isEmpty)
        let ns = try asker.ask("MESOS", .ns)
        #expect(ns.answers.map(\.data) == [.ns(try name("ns1.mesos"))])
        #expect(ns.additional.map(\.data) == [.a(IPv4Address(value: 0x7f00_0101))])
    }

    @Test func anyGetsAllRecordsAndTheAuthority() throws {
        var asker = Asker(try sampleZone())
        let reply = try asker.ask("dual.marathon.mesos", .any)
        #expect(Set(reply.answers.map(\.data.type)) == [.a, .aaaa])
        #expect(reply.authority.map(\.data.type) == [.soa, .ns])
        let empty = try asker.ask("marathon.mesos", .any)
        #expect(empty.responseCode == .noError && empty.answers.isEmpty)
    }

    @Test func aTaskWithAnIPv6AddressHasAAAA() throws {
        var asker = Asker(try sampleZone())
        let reply = try asker.ask("dual.marathon.mesos", .aaaa)
        #expect(reply.answers.map(\.data) == [.aaaa(IPv6Address(high: 0xfd01_0000_0000_0000, low: 7))])
    }

    @Test(arguments: [
        "web.*.marathon.mesos", "web.marathon.*.mesos", "WEB.*.*.marathon.mesos", "we.*b.marathon.mesos", "web.marathon.mesos.*",
    ])
    func dotStarIsRemovedFromTheName(_ text: String) throws {
        var asker = Asker(try sampleZone())
        #expect(try asker.ask(text, .a).addressSet.count == 3)
    }

    @Test func servicesBehindDotStarStillNameTheirTargets() throws {
        var asker = Asker(try sampleZone())
        let plain = try asker.ask("_web._tcp.marathon.mesos", .srv)
        for text in ["_web.*._tcp.marathon.mesos", "_web._tcp.marathon.mesos.*"] {
            let starred = try asker.ask(text, .srv)
            #expect(Set(starred.answers.map(\.data)) == Set(plain.answers.map(\.data)))
            #expect(Set(starred.additional) == Set(plain.additional))
        }
        #expect(try asker.ask("nothing.*.mesos", .a).soa != nil)
    }

    @Test func aForeignNameIsRefusedOrForwarded() throws {
        var asker = Asker(try sampleZone())
        #expect(try asker.ask("example.com", .a).responseCode == .refused)
        #expect(try asker.ask("notmesos", .a).responseCode == .refused)
        asker.responder.policy.forwardsForeignNames = true
        #expect(asker.bytes(Message.query(id: 1, try name("example.com"), .a).encoded()).0 == .forward)
    }

    @Test func transfersAndOtherClassesAreRefused() throws {
        var asker = Asker(try sampleZone())
        #expect(try asker.ask("mesos", .axfr).responseCode == .refused)
        var query = Message(id: 2, questions: [.init(try name("web.marathon.mesos"), .a, .chaos)])
        #expect(try asker.ask(query).responseCode == .refused)
        query.questions[0].recordClass = .any
        #expect(try asker.ask(query).addressSet.count == 3)
    }

    @Test func otherOpcodesAreNotImplemented() throws {
        var asker = Asker(try sampleZone())
        for opcode in UInt8(1)...15 {
            var query = Message.query(id: 9, try name("web.marathon.mesos"), .a)
            query.opcode = opcode
            let reply = try asker.ask(query)
            #expect(reply.responseCode == .notImplemented && reply.opcode == opcode && reply.id == 9)
        }
    }

    @Test func brokenPacketsAreFormatErrorsOrSilence() throws {
        var asker = Asker(try sampleZone())
        let good = Message.query(id: 0x1234, try name("web.marathon.mesos"), .a).encoded()
        for length in 0..<12 { #expect(asker.bytes(Array(good[..<length])).0 == .drop) }
        for length in 12..<good.count {
            let reply = try Message(decoding: asker.bytes(Array(good[..<length])).1)
            #expect(reply.responseCode == .formatError && reply.id == 0x1234)
        }
        #expect(try asker.ask(Message(id: 5)).responseCode == .formatError)
        var response = good
        response[2] |= 0x80
        #expect(asker.bytes(response).0 == .drop)
        var pointing = good
        pointing[12] = 0xc0
        pointing[13] = 0x00
        #expect(try Message(decoding: asker.bytes(pointing).1).responseCode == .formatError)
    }

    @Test func theFirstOfTwoQuestionsIsAnswered() throws {
        var asker = Asker(try sampleZone())
        var query = Message.query(id: 3, try name("web.marathon.mesos"), .a)
        query.questions.append(.init(try name("dual.marathon.mesos"), .a))
        let reply = try asker.ask(query)
        #expect(reply.questions == [query.questions[0]])
        #expect(reply.addressSet.count == 3)
    }

    @Test func withoutEDNSAReplyStaysWithin512Bytes() throws {
        var asker = Asker(try sampleZone(addresses: 100))
        let (_, bytes) = asker.bytes(Message.query(id: 1, try name("web.marathon.mesos"), .a).encoded())
        let reply = try Message(decoding: bytes)
        #expect(bytes.count <= 512 && bytes.count > 512 - 16)
        #expect(reply.flags.contains(.truncated))
        #expect(reply.edns == nil)
        asker.responder.policy.setsTruncateBit = false
        #expect(try !asker.ask("web.marathon.mesos", .a).flags.contains(.truncated))
    }

    @Test func withEDNSAReplyTakesTheClientsSizeUpTo1232() throws {
        var asker = Asker(try sampleZone(addresses: 100))
        for (size, limit) in [(100, 512), (600, 600), (4096, 1232)] {
            let query = Message.query(id: 1, try name("web.marathon.mesos"), .a, edns: .init(payloadSize: UInt16(size)))
            let (_, bytes) = asker.bytes(query.encoded())
            #expect(bytes.count <= limit && bytes.count > limit - 16)
            #expect(try Message(decoding: bytes).edns == .init(payloadSize: 1232))
        }
    }

    @Test func overTCPNothingIsLeftOut() throws {
        var asker = Asker(try sampleZone(addresses: 1000, services: 200))
        #expect(try asker.ask("web.marathon.mesos", .a, over: .tcp).addressSet.count == 1000)
        let services = try asker.ask("_web._tcp.marathon.mesos", .srv, over: .tcp)
        #expect(services.answers.count == 200 && services.additional.count == 200)
        #expect(!services.flags.contains(.truncated))
    }

    @Test func theAdditionalSectionGoesBeforeAnswersDo() throws {
        var asker = Asker(try sampleZone(services: 9))
        let reply = try asker.ask("_web._tcp.marathon.mesos", .srv)
        #expect(reply.answers.count == 9 && reply.additional.isEmpty && !reply.flags.contains(.truncated))
    }

    @Test func unknownEDNSVersionsAreAnsweredWithBADVERS() throws {
        var asker = Asker(try sampleZone())
        let reply = try asker.ask("web.marathon.mesos", .a, edns: .init(version: 1))
        #expect(reply.responseCode == .badVersion && reply.answers.isEmpty && reply.edns?.version == 0)
    }

    @Test func twoOPTRecordsAreAFormatError() throws {
        var asker = Asker(try sampleZone())
        var packet = Message.query(id: 1, try name("web.marathon.mesos"), .a, edns: .init()).encoded()
        packet += packet.suffix(11)
        packet[11] = 2
        #expect(try Message(decoding: asker.bytes(packet).1).responseCode == .formatError)
    }
}
