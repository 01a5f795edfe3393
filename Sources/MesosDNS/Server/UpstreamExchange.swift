import NIOCore
import Synchronization

/// One query to an upstream server and the first reply that fits it.
final class UpstreamExchange: Sendable {
    private let clientID: (UInt8, UInt8)
    /// With an id of our own.
    let query: [UInt8]
    private let promise: EventLoopPromise<[UInt8]>
    private let isDone = Atomic<Bool>(false)

    /// - query: at least a header.
    init(query: [UInt8], promise: EventLoopPromise<[UInt8]>) {
        clientID = (query[0], query[1])
        let id = UInt16.random(in: .min ... .max)
        self.query = [UInt8(id >> 8), UInt8(truncatingIfNeeded: id)] + query[2...]
        self.promise = promise
    }

    /// A datagram or message from the server; what does not answer the query is ignored.
    func receive(_ reply: [UInt8]) {
        guard reply.count >= 12, reply[0] == query[0], reply[1] == query[1], reply[2] & 0x80 != 0 else { return }
        finish { promise in promise.succeed([clientID.0, clientID.1] + reply[2...]) }
    }

    func fail(_ error: any Error) { finish { $0.fail(error) } }

    private func finish(_ body: (EventLoopPromise<[UInt8]>) -> Void) {
        if !isDone.exchange(true, ordering: .acquiringAndReleasing) { body(promise) }
    }
}

/// Sends the query of an exchange as one datagram.
final class UpstreamUDPHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let exchange: UpstreamExchange
    init(_ exchange: UpstreamExchange) { self.exchange = exchange }

    func channelActive(context: ChannelHandlerContext) {
        guard let server = context.remoteAddress else { return exchange.fail(Forwarder.Failure.closed) }
        let envelope = AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: exchange.query))
        context.writeAndFlush(wrapOutboundOut(envelope), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        exchange.receive(Array(unwrapInboundIn(data).data.readableBytesView))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { exchange.fail(error) }
    func channelInactive(context: ChannelHandlerContext) { exchange.fail(Forwarder.Failure.closed) }
}

/// Sends the query of an exchange over a connection of its own.
final class UpstreamTCPHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let exchange: UpstreamExchange
    init(_ exchange: UpstreamExchange) { self.exchange = exchange }

    func channelActive(context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: exchange.query.count + 2)
        buffer.writeInteger(UInt16(clamping: exchange.query.count))
        buffer.writeBytes(exchange.query)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        exchange.receive(Array(unwrapInboundIn(data).readableBytesView))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { exchange.fail(error) }
    func channelInactive(context: ChannelHandlerContext) { exchange.fail(Forwarder.Failure.closed) }
}
