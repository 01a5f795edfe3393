import DNSWire
import NIOCore
import NIOPosix

/// Relays queries for names outside the zone: upstream servers in order, each asked over the client's own transport from
/// a fresh port with a random id; replies pass untouched but for the id (contracts/dns-networking.md §3.6, RFC 5625).
final class Forwarder: Sendable {
    enum Failure: Error { case timeout, closed }

    private let resolvers: [UpstreamAddress]
    /// The longest zone first.
    private let zones: [(zone: DNSName, resolvers: [UpstreamAddress])]
    private let timeout: TimeAmount

    init(resolvers: [UpstreamAddress], zones: [DNSName: [UpstreamAddress]], timeout: TimeAmount) {
        self.resolvers = resolvers
        self.zones = zones.sorted { $0.key.wire.count > $1.key.wire.count }.map { ($0.key, $0.value) }
        self.timeout = timeout
    }

    /// Whether any name can be relayed.
    var isUsable: Bool { !resolvers.isEmpty || !zones.isEmpty }

    /// The upstream reply, or the refusal to send instead: SERVFAIL when no upstream answered, REFUSED when none is named
    /// for the zone. Nil when the packet is no query.
    func relay(_ packet: [UInt8], over transport: Responder.Transport, on eventLoop: any EventLoop) -> EventLoopFuture<[UInt8]?> {
        let servers = servers(for: packet)
        guard !servers.isEmpty else {
            return eventLoop.makeSucceededFuture(Forwarder.refusal(of: packet, .refused))
        }
        return ask(servers[...], packet, transport, eventLoop).map { Optional($0) }.flatMapErrorThrowing { _ in
            Forwarder.refusal(of: packet, .serverFailure)
        }
    }

    private func servers(for packet: [UInt8]) -> [UpstreamAddress] {
        guard let name = try? Message(decoding: packet).questions.first?.name else { return resolvers }
        return zones.first { name.isEqual(toOrBelow: $0.zone) }?.resolvers ?? resolvers
    }

    private static func refusal(of packet: [UInt8], _ code: ResponseCode) -> [UInt8]? {
        var reply = [UInt8](repeating: 0, count: 512)
        let responder = Responder(seed: 0)
        let length = packet.withUnsafeBytes { packet in
            reply.withUnsafeMutableBytes { responder.refuse(packet, with: code, into: $0) }
        }
        return length > 0 ? Array(reply[..<length]) : nil
    }

    private func ask(
        _ servers: ArraySlice<UpstreamAddress>, _ packet: [UInt8], _ transport: Responder.Transport, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<[UInt8]> {
        guard let server = servers.first else { return eventLoop.makeFailedFuture(Failure.timeout) }
        return exchange(with: server, packet, transport, eventLoop).flatMapError { _ in
            self.ask(servers.dropFirst(), packet, transport, eventLoop)
        }
    }

    private func exchange(
        with server: UpstreamAddress, _ packet: [UInt8], _ transport: Responder.Transport, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<[UInt8]> {
        let promise = eventLoop.makePromise(of: [UInt8].self)
        let exchange = UpstreamExchange(query: packet, promise: promise)
        let deadline = eventLoop.scheduleTask(in: timeout) { exchange.fail(Failure.timeout) }
        let connected: EventLoopFuture<any Channel>
        switch transport {
        case .udp:
            connected = DatagramBootstrap(group: eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(UpstreamUDPHandler(exchange)) }
                }
                .connect(host: server.ip.description, port: Int(server.port))
        case .tcp:
            connected = ClientBootstrap(group: eventLoop)
                .connectTimeout(timeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            ByteToMessageHandler(TCPFrameDecoder()), UpstreamTCPHandler(exchange),
                        ])
                    }
                }
                .connect(host: server.ip.description, port: Int(server.port))
        }
        connected.whenFailure { exchange.fail($0) }
        connected.whenSuccess { channel in promise.futureResult.whenComplete { _ in channel.close(promise: nil) } }
        promise.futureResult.whenComplete { _ in deadline.cancel() }
        return promise.futureResult
    }
}
