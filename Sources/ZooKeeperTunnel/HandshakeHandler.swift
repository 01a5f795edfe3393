import NIOCore
import NIOSSL
import NIOTLS

/// Completes a promise when the TLS handshake of its connection is over.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// The handshake failed; `reason` is for an operator.
    struct Failure: Error { let reason: String }

    private let isDone: EventLoopPromise<any Channel>
    private let deadline: TimeAmount
    private var timer: Scheduled<Void>?

    init(isDone: EventLoopPromise<any Channel>, deadline: TimeAmount) {
        self.isDone = isDone
        self.deadline = deadline
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        let isDone = isDone
        timer = context.eventLoop.scheduleTask(in: deadline) {
            isDone.fail(Failure(reason: "it did not complete the TLS handshake in time"))
            channel.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSUserEvent, case .handshakeCompleted = event { isDone.succeed(context.channel) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let certificate = try? context.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self).peerCertificate
        isDone.fail(Failure(reason: TunnelFailure.explain(error, certificate: certificate)))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isDone.fail(Failure(reason: "it closed the connection during the TLS handshake"))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }
}
