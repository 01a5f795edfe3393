import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A request to a container, before it is signed.
struct AzureRequest: Sendable {
    static let version = "2021-08-06"

    var method: HTTPMethod
    /// Nil: the container itself.
    var blob: String?
    var query: [(name: String, value: String)] = []
    /// Lower-case names.
    var headers: [(name: String, value: String)] = []
    var body: ByteBuffer?

    init(method: HTTPMethod, blob: String?, body: ByteBuffer? = nil) {
        self.method = method
        self.blob = blob
        self.body = body
    }

    func signed(_ configuration: AzureConfiguration, time: UTCTime) -> HTTPClientRequest {
        let path =
            "/\(PercentEncoding.encode(configuration.container))"
            + (blob.map { "/" + PercentEncoding.encode($0, keepsSlashes: true) } ?? "")
        let headers = headers + [("x-ms-date", time.http), ("x-ms-version", Self.version)]
        let signature = SharedKeySignature(
            account: configuration.account, method: method.rawValue, path: Self.path(of: configuration.endpoint) + path, query: query,
            headers: headers, contentLength: body?.readableBytes ?? 0)

        var request = HTTPClientRequest(url: configuration.endpoint + path + (query.isEmpty ? "" : "?" + PercentEncoding.query(query)))
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.headers.add(name: "authorization", value: signature.authorization(key: configuration.key))
        if let body { request.body = .bytes(body) }
        return request
    }

    /// What follows the authority: empty, or the account's name where the service has it in the path.
    private static func path(of endpoint: String) -> String {
        guard let authority = endpoint.firstRange(of: "://")?.upperBound, let slash = endpoint[authority...].firstIndex(of: "/") else {
            return ""
        }
        return String(endpoint[slash...])
    }
}
