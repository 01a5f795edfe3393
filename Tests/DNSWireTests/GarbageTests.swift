import DNSWire
import Testing

/// Whatever arrives, the server neither crashes nor writes beyond its limits, and what it says is a message.
@Suite struct GarbageTests {
    @Test func randomBytesNeverCrash() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        var asker = Asker(try sampleZone(addresses: 40, services: 20), seed: seed)
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<120, using: &random)
            var packet = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            if length > 12, Bool.random(using: &random) {
                // Most random headers are dropped at once: let half pass for queries with few records.
                packet[2] &= 0x07
                for index in 4..<12 { packet[index] &= index % 2 == 0 ? 0 : 3 }
            }
            check(&asker, packet, seed)
        }
    }

    @Test func mutatedQueriesNeverCrash() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        var asker = Asker(try sampleZone(addresses: 40, services: 20), seed: seed)
        let names = ["web.marathon.mesos", "_web._tcp.marathon.mesos", "mesos", "a.*.b.mesos", "x.example.com", "dual.*.*marathon.mesos.*"]
        let types: [RecordType] = [.a, .aaaa, .srv, .any, .soa, .ns, .opt, .txt]
        for _ in 0..<20_000 {
            let text = names.randomElement(using: &random) ?? ""
            let type = types.randomElement(using: &random) ?? .a
            var query = Message.query(id: 1, try name(text), type, edns: Bool.random(using: &random) ? .init() : nil)
            if Bool.random(using: &random) { query.answers = try MessageTests.sample().answers }
            var packet = query.encoded()
            for _ in 0..<Int.random(in: 0..<4, using: &random) {
                let index = Int.random(in: 0..<packet.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: packet[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: packet[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 2: packet.insert([0, 0xc0, 0x2a, 0xff].randomElement(using: &random) ?? 0, at: index)
                default: if packet.count > 1 { packet.remove(at: index) }
                }
            }
            check(&asker, packet, seed)
        }
    }

    @Test func mutatedMessagesNeverCrashTheDecoder() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let good = try MessageTests.sample().encoded()
        for _ in 0..<30_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1..<5, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            }
            guard let message = try? Message(decoding: bytes) else { continue }
            _ = message.encoded()
        }
    }

    private func check(_ asker: inout Asker, _ packet: [UInt8], _ seed: UInt64) {
        for transport in [Responder.Transport.udp, .tcp] {
            let (outcome, reply) = asker.bytes(packet, over: transport)
            guard case .reply(let length) = outcome else { continue }
            #expect(length >= 12 && length <= (transport == .udp ? 1232 : 65535), "seed \(seed) packet \(packet)")
            #expect(Array(reply[0..<2]) == Array(packet[0..<2]), "seed \(seed) packet \(packet)")
            #expect(throws: Never.self, "seed \(seed) packet \(packet)") { _ = try Message(decoding: reply) }
        }
    }
}
