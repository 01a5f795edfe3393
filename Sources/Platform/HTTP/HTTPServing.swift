public import Hummingbird
public import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix

/// The HTTP server every daemon uses.
public enum HTTPServing {
    /// A Hummingbird application on one address; it is a `Service`, run it in the component's group.
    /// - Parameters:
    ///   - host: address to bind; `0.0.0.0` for all.
    ///   - port: 0 for any free port.
    ///   - idleTimeout: a connection is closed when nothing comes for so long in the middle of a request, or between two;
    ///     nil: never. Bytes of a head that is not complete yet count as nothing.
    ///   - connectionLimit: no more connections are accepted while there are so many; nil: no limit.
    ///   - server: the protocol; nil: plain HTTP/1.1 with that idle timeout.
    ///   - onRunning: called with the bound port.
    public static func makeApplication<Responder: HTTPResponderBuilder>(
        router: Responder, host: String, port: Int, serverName: String? = nil, idleTimeout: Duration? = nil,
        connectionLimit: Int? = nil, server: HTTPServerBuilder? = nil, logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<Responder.Responder> where Responder.Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        Application(
            router: router,
            server: server ?? http1(idleTimeout: idleTimeout),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: serverName, reuseAddress: true,
                availableConnectionsDelegate: connectionLimit.map { MaximumAvailableConnections($0) }),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) },
            logger: logger)
    }

    /// Plain HTTP/1.1, or what other protocols are put around.
    public static func http1(idleTimeout: Duration?) -> HTTPServerBuilder {
        .http1(configuration: HTTP1Channel.Configuration(idleTimeout: idleTimeout.map { TimeAmount($0) }))
    }

    /// The whole body of a request.
    /// - Throws: `PlainTextError` 413 when it is larger than `limit` bytes.
    public static func collectBody(of request: Request, limit: Int) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw PlainTextError(.contentTooLarge, "The request body exceeds \(limit) bytes")
        }
    }
}
