import DNSWire
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Answers over TCP: whole replies of up to 65,535 bytes, any number of queries per connection
/// (contracts/dns-networking.md §3.6 and §11, 6).
final class TCPServer: Sendable {
    static let maximumConnections = 1000
    /// How long a connection without a query stays open.
    static let idleTimeout = TimeAmount.seconds(10)

    private let channel: any Channel
    var port: Int { channel.localAddress?.port ?? 0 }

    private init(channel: any Channel) { self.channel = channel }

    static func listen(
        address: String, port: Int, publication: ZonePublication, policy: Responder.Policy,
        forward: @escaping @Sendable ([UInt8], any EventLoop) -> EventLoopFuture<[UInt8]?>
    ) async throws -> TCPServer {
        let counter = ConnectionCounter()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                guard counter.enter() else {
                    return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
                }
                channel.closeFuture.whenComplete { _ in counter.leave() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(readTimeout: idleTimeout),
                        ByteToMessageHandler(TCPFrameDecoder()),
                        TCPQueryHandler(publication: publication, policy: policy, forward: forward),
                    ])
                }
            }
            .bind(host: address, port: port).get()
        return TCPServer(channel: channel)
    }

    /// Until the task is cancelled.
    func run() async throws {
        try await withTaskCancellationHandler {
            try await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}

/// Counts open connections against the limit.
private final class ConnectionCounter: Sendable {
    private let open = Atomic<Int>(0)

    func enter() -> Bool {
        if open.wrappingAdd(1, ordering: .relaxed).newValue <= TCPServer.maximumConnections { return true }
        leave()
        return false
    }

    func leave() { open.wrappingSubtract(1, ordering: .relaxed) }
}
