import NIOCore

/// The plain side of a tunnel: lets connections of this process in and joins each with one of its own to the server.
final class EntranceHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let exit: TunnelExit
    private let report: @Sendable (TunnelOutcome) -> Void

    /// - report: told what becomes of each connection.
    init(exit: TunnelExit, report: @escaping @Sendable (TunnelOutcome) -> Void) {
        self.exit = exit
        self.report = report
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        let entrance = context.channel
        guard ConnectionOwner.isThisProcess(local: entrance.localAddress, remote: entrance.remoteAddress) else {
            report(.refused)
            context.close(promise: nil)
            return
        }
        let report = report
        exit.connect(on: context.eventLoop).assumeIsolated().whenComplete { result in
            switch result {
            case .failure(let error):
                report(.failed((error as? HandshakeHandler.Failure)?.reason ?? "\(error)"))
                entrance.close(promise: nil)
            case .success(let exit):
                do {
                    try Self.join(entrance, exit, report: report)
                    report(.connected)
                } catch {
                    entrance.close(promise: nil)
                    exit.close(promise: nil)
                }
            }
        }
    }

    private static func join(
        _ entrance: any Channel, _ exit: any Channel, report: @escaping @Sendable (TunnelOutcome) -> Void
    ) throws {
        guard entrance.isActive, exit.isActive else { throw ChannelError.ioOnClosedChannel }
        let plain = RelayHandler { _ in }
        // With TLS 1.3 a server says only now that it does not accept our certificate.
        let secure = RelayHandler { report(.failed(TunnelFailure.explain($0, certificate: nil))) }
        plain.join(secure)
        try exit.pipeline.syncOperations.addHandler(secure)
        try entrance.pipeline.syncOperations.addHandler(plain)
        if let handshake = try? exit.pipeline.syncOperations.handler(type: HandshakeHandler.self) {
            exit.pipeline.syncOperations.removeHandler(handshake, promise: nil)
        }
        // Nothing was read of it so far: bytes wait in the kernel until there is somewhere to send them.
        entrance.setOption(.autoRead, value: true).whenFailure { _ in entrance.close(promise: nil) }
    }
}
