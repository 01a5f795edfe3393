import AsyncHTTPClient
import NIOCore

/// The connections to one service, closed with this object.
final class HTTPConnections: Sendable {
    let client: HTTPClient

    init(proxy: HTTPProxy? = nil) {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(30))
        // A signature is for one host; no redirect can be followed with it.
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        if let proxy {
            let authorization = proxy.username.map { HTTPClient.Authorization.basic(username: $0, password: proxy.password ?? "") }
            configuration.proxy = .server(host: proxy.host, port: proxy.port, authorization: authorization)
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // The client keeps itself until it is closed.
        client.shutdown { _ in }
    }
}
