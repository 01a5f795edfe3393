import NIOCore
import NIOPosix
import NIOSSL

/// The TLS side of a tunnel: connects to one server.
struct TunnelExit: Sendable {
    /// A server that is there answers within a round trip; one that is not must not hold up the attempt with the next.
    static let connectTimeout = TimeAmount.seconds(3)
    static let handshakeTimeout = TimeAmount.seconds(5)

    let host: String
    let port: Int
    let certificates: CertificateStore

    /// - server: `host:port`, an IPv6 address in brackets.
    init(server: String, port: Int?, certificates: CertificateStore) throws(TunnelError) {
        guard let colon = server.lastIndex(of: ":"), let named = Int(server[server.index(after: colon)...]), (1...65535).contains(named),
            colon != server.startIndex
        else { throw .notAnAddress(server) }
        var host = String(server[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.host = host
        self.port = port ?? named
        self.certificates = certificates
    }

    /// - Returns: a connection whose handshake is over, not read beyond it. It lives on `loop`.
    func connect(on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        let isDone = loop.makePromise(of: (any Channel).self)
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { try certificates.context() }
            .whenComplete { result in
                switch result {
                case .failure(let error): isDone.fail(error)
                case .success(let context): connect(on: loop, context: context, isDone: isDone)
                }
            }
        return isDone.futureResult
    }

    private func connect(on loop: any EventLoop, context: NIOSSLContext, isDone: EventLoopPromise<any Channel>) {
        // An address is no name to ask a server for; its certificate is compared with the address itself.
        let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
        ClientBootstrap(group: loop)
            .connectTimeout(Self.connectTimeout)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host))
                    try pipeline.addHandler(HandshakeHandler(isDone: isDone, deadline: Self.handshakeTimeout))
                }
            }
            .connect(host: host, port: port)
            .whenFailure { error in
                isDone.fail(HandshakeHandler.Failure(reason: TunnelFailure.explain(error, certificate: nil)))
            }
    }
}
