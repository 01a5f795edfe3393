public import Hummingbird
public import Logging
import NIOCore
import NIOPosix

/// The HTTP server every daemon uses.
public enum HTTPServing {
    /// A Hummingbird application on one address; it is a `Service`, run it in the component's group.
    /// - Parameters:
    ///   - host: address to bind; `0.0.0.0` for all.
    ///   - port: 0 for any free port.
    ///   - onRunning: called with the bound port.
    public static func makeApplication<Responder: HTTPResponderBuilder>(
        router: Responder, host: String, port: Int, serverName: String? = nil, logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> Application<Responder.Responder> where Responder.Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: serverName, reuseAddress: true),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) },
            logger: logger)
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
