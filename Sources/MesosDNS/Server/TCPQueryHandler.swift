import DNSWire
import NIOCore

/// Answers the queries of one TCP connection in the order in which they come; several may be under way
/// (RFC 7766 §6.2.1.1).
final class TCPQueryHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let publication: ZonePublication
    private let forward: @Sendable ([UInt8], any EventLoop) -> EventLoopFuture<[UInt8]?>
    private var responder: Responder

    init(
        publication: ZonePublication, policy: Responder.Policy,
        forward: @escaping @Sendable ([UInt8], any EventLoop) -> EventLoopFuture<[UInt8]?>
    ) {
        self.publication = publication
        self.forward = forward
        responder = Responder(policy: policy)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let packet = unwrapInboundIn(data)
        var scratch = context.channel.allocator.buffer(capacity: 2 + Responder.maximumReplySize)
        scratch.writeInteger(UInt16(0))
        var outcome = Responder.Outcome.drop
        packet.withUnsafeReadableBytes { bytes in
            scratch.withUnsafeMutableWritableBytes { out in
                outcome = responder.respond(to: bytes, in: publication.current, over: .tcp, into: out)
            }
        }
        switch outcome {
        case .drop: break
        case .reply(let length):
            scratch.moveWriterIndex(forwardBy: length)
            scratch.setInteger(UInt16(clamping: length), at: 0)
            // A copy of the right size: a client that reads slowly must not hold 64 KiB per reply.
            context.write(wrapOutboundOut(ByteBuffer(bytes: scratch.readableBytesView)), promise: nil)
        case .forward:
            let channel = context.channel
            forward(Array(packet.readableBytesView), context.eventLoop).whenSuccess { reply in
                guard let reply else { return }
                var buffer = channel.allocator.buffer(capacity: reply.count + 2)
                buffer.writeInteger(UInt16(clamping: reply.count))
                buffer.writeBytes(reply.prefix(0xffff))
                channel.writeAndFlush(buffer, promise: nil)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    /// A client that sends queries and does not read the replies has to wait.
    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.channel.setOption(.autoRead, value: context.channel.isWritable).whenFailure { _ in context.close(promise: nil) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
