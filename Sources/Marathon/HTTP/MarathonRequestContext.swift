import Hummingbird
import NIOCore

/// A request with the address of the client.
struct MarathonRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// The client's IP address; `unknown` when the connection is gone already.
    var clientIP: String { remoteAddress?.ipAddress ?? "unknown" }
}
