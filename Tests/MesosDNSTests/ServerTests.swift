import DNSWire
import Glibc
import Logging
import NIOCore
import NIOPosix
import ResourceModel
import Testing

@testable import MesosDNS

/// The servers over real sockets.
@Suite struct ServerTests {
    private static func zone() throws -> Zone {
        var builder = try builder()
        builder.apply(framework())
        for index in 1...100 {
            builder.apply(.agent(AgentID("x-S\(index)"), try address("10.0.0.\(index)", 5051)))
            builder.apply(chunk(AgentID("x-S\(index)"), [task("\(index)", name: "web", ports: [31000])]))
        }
        return builder.snapshot()
    }

    private func withServers(
        upstream: Forwarder = Forwarder(resolvers: [], zones: [:], timeout: .seconds(1)), listener: String = "127.0.15.20",
        _ body: (Client) async throws -> Void
    ) async throws {
        let publication = ZonePublication(try Self.zone())
        let policy = Responder.Policy(forwardsForeignNames: upstream.isUsable)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let udp = try UDPServer(
            address: listener, port: 0, sharesPort: false, publication: publication, policy: policy, logger: Logger(label: "test")
        ) { query in
            upstream.relay(query.packet, over: .udp, on: loop).whenSuccess { if let reply = $0 { query.answer(reply) } }
        }
        let tcp = try await TCPServer.listen(address: listener, port: 0, publication: publication, policy: policy) { packet, loop in
            upstream.relay(packet, over: .tcp, on: loop)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await udp.run() }
            group.addTask { try await tcp.run() }
            try await body(Client(address: "127.0.15.20", udp: udp.port, tcp: tcp.port))
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    @Test func bothTransportsAnswer() async throws {
        try await withServers { client in
            let query = Message.query(id: 7, try name("web.marathon.mesos"), .a)
            let udp = try await client.ask(query)
            #expect(udp.id == 7 && udp.flags.contains(.truncated) && udp.answers.count > 20)
            let tcp = try await client.ask(query, over: .tcp)
            #expect(tcp.answers.count == 100 && !tcp.flags.contains(.truncated))
        }
    }

    @Test func aListenerOnAllAddressesAnswersFromTheOneThatWasAsked() async throws {
        try await withServers(listener: "0.0.0.0") { client in
            // The client's socket is connected: it only takes datagrams from the address it asked.
            let reply = try await client.ask(.query(id: 8, try name("slave.mesos"), .a))
            #expect(reply.responseCode == .noError)
        }
    }

    @Test func oneConnectionCarriesManyQueriesAtOnce() async throws {
        try await withServers { client in
            let count = 300
            let replies = try await client.stream(
                try (0..<count).flatMap { index in
                    let query = Message.query(id: UInt16(index), try name("_web._tcp.marathon.mesos"), .srv).encoded()
                    return [UInt8(query.count >> 8), UInt8(query.count & 255)] + query
                }, replies: count)
            let ids = try replies.map { try Message(decoding: $0).id }
            #expect(Set(ids).count == count)
            let counts = try replies.map { try Message(decoding: $0).answers.count }
            #expect(counts.allSatisfy { $0 == 100 })
        }
    }

    @Test func garbageDoesNotStopTheServer() async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let packets = (0..<2000).map { _ in
            (0..<Int.random(in: 0..<300, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        }
        try await withServers { client in
            try await client.send(packets + [[UInt8](repeating: 0, count: 9000)])
            try await eventually("the server answers after garbage, seed \(seed)") {
                try await client.askOnce(.query(id: 9, try name("slave.mesos"), .a))?.responseCode == .noError
            }
            let replies = try await client.stream([0, 3, 1, 2, 3, 0, 12] + [UInt8](repeating: 0, count: 12), replies: 1)
            #expect(try Message(decoding: replies[0]).responseCode == .formatError)
        }
    }

    @Test func foreignNamesAreRelayedOverTheClientsTransport() async throws {
        // A second server of ours is the upstream.
        try await withServers { upstream in
            let port = { (port: Int) in UpstreamAddress("127.0.15.20:\(port)") }
            for (transport, upstreamPort) in [(Responder.Transport.udp, upstream.udp), (.tcp, upstream.tcp)] {
                // The first upstream is dead: the next is asked.
                let servers = [port(1), port(upstreamPort)].compactMap { $0 }
                let forwarder = Forwarder(resolvers: servers, zones: [:], timeout: .milliseconds(300))
                try await withServers(upstream: forwarder) { client in
                    let reply = try await client.ask(.query(id: 77, try name("www.example.com"), .a), over: transport)
                    #expect(reply.responseCode == .refused && reply.id == 77)
                    #expect(try reply.questions.first?.name == name("www.example.com"))
                }
            }
        }
    }

    @Test func withoutAnUpstreamThatAnswersTheReplyIsSERVFAIL() async throws {
        let dead = try #require(UpstreamAddress("127.0.15.20:1"))
        let forwarder = Forwarder(resolvers: [dead], zones: [:], timeout: .milliseconds(100))
        try await withServers(upstream: forwarder) { client in
            for transport in [Responder.Transport.udp, .tcp] {
                let reply = try await client.ask(.query(id: 5, try name("www.example.com"), .a), over: transport)
                #expect(reply.responseCode == .serverFailure)
            }
        }
    }
}
