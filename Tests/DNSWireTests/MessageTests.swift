import DNSWire
import Testing

@Suite struct MessageTests {
    static func sample() throws -> Message {
        var message = Message.query(id: 77, try name("_web._tcp.marathon.mesos"), .srv, edns: .init(payloadSize: 4096))
        message.flags = [.response, .authoritative]
        let target = try name("web-x.marathon.slave.mesos")
        message.answers = [
            ResourceRecord(name: message.questions[0].name, ttl: 60, data: .srv(priority: 0, weight: 0, port: 31000, target: target)),
            ResourceRecord(name: target, ttl: 60, data: .other(.txt, [3, 1, 2, 3])),
        ]
        message.authority = [ResourceRecord(name: try name("mesos"), ttl: 60, data: .ns(try name("ns1.mesos")))]
        message.additional = [
            ResourceRecord(name: target, ttl: 60, data: .a(IPv4Address(value: 0x0a00_0005))),
            ResourceRecord(name: target, ttl: 60, data: .aaaa(IPv6Address(high: 1, low: 2))),
        ]
        return message
    }

    @Test func aMessageSurvivesEncoding() throws {
        var message = try MessageTests.sample()
        #expect(try Message(decoding: message.encoded()) == message)
        message.responseCode = .badVersion
        #expect(try Message(decoding: message.encoded()) == message)
    }

    @Test func namesAreCompressed() throws {
        let message = try MessageTests.sample()
        #expect(message.encoded().count < 220)
    }

    @Test func pointersThatNeverEndAreRefused() throws {
        var bytes = Message.query(id: 1, try name("a.b"), .a).encoded()
        bytes[12] = 0xc0
        bytes[13] = 12
        #expect(throws: WireError.self) { try Message(decoding: bytes) }
    }

    @Test func dataOfTheWrongLengthIsRefused() throws {
        var message = try MessageTests.sample()
        message.additional = [ResourceRecord(name: .root, ttl: 0, data: .other(.ns, [0, 0]))]
        #expect(throws: WireError.self) { try Message(decoding: message.encoded()) }
    }
}
