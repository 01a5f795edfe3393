import NIOCore
import NIOSSL

/// One side of two connections that are joined: what one receives, the other sends.
///
/// - Memory is bounded: a side is read only while the other can write.
/// - An end of input is passed on as one, so that answers still come back after the last request.
/// - When one side closes or fails, the other still sends what it received, for at most `lingering`, and closes.
///
/// Both sides live on the same event loop.
final class RelayHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let lingering = TimeAmount.seconds(5)

    private var context: ChannelHandlerContext?
    private var partner: RelayHandler?
    private var awaitsPartner = false
    private var isInputOver = false
    private let onError: (any Error) -> Void

    /// - onError: told what this side fails with.
    init(onError: @escaping (any Error) -> Void) {
        self.onError = onError
    }

    func join(_ partner: RelayHandler) {
        self.partner = partner
        partner.partner = self
    }

    // MARK: - This side

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func read(context: ChannelHandlerContext) {
        if let partner, partner.isWritable { context.read() } else { awaitsPartner = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        partner?.context?.write(data, promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.resumeReading() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            isInputOver = true
            partner?.endOutput()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        partner?.closeWhenSent()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The other side went away without the farewell of TLS; the end of input that follows says all.
        if let error = error as? NIOSSLError, error == .uncleanShutdown { return }
        onError(error)
        partner?.closeWhenSent()
        context.close(promise: nil)
    }

    // MARK: - For the partner

    private var isWritable: Bool { context?.channel.isWritable ?? false }

    private func resumeReading() {
        guard awaitsPartner, let context else { return }
        awaitsPartner = false
        context.read()
    }

    private func endOutput() {
        guard let context else { return }
        if isInputOver { closeWhenSent() } else { context.close(mode: .output, promise: nil) }
    }

    private func closeWhenSent() {
        guard let context else { return }
        let channel = context.channel
        let deadline = context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
        let isSent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: isSent)
        isSent.futureResult.whenComplete { _ in
            deadline.cancel()
            channel.close(promise: nil)
        }
    }
}
