import AsyncHTTPClient
import Crypto
import NIOCore
import NIOHTTP1

/// A request to a bucket, before it is signed.
struct S3Request: Sendable {
    var method: HTTPMethod
    /// Nil: the bucket itself.
    var key: String?
    var query: [(name: String, value: String)] = []
    /// Lower-case names.
    var headers: [(name: String, value: String)] = []
    var body: ByteBuffer?

    init(method: HTTPMethod, key: String?, body: ByteBuffer? = nil) {
        self.method = method
        self.key = key
        self.body = body
    }

    /// - Throws: `ObjectStorageError.unreachable` when the endpoint is no URL.
    func signed(_ configuration: S3Configuration, credentials: S3Credentials, time: UTCTime) throws -> HTTPClientRequest {
        guard let schemeEnd = configuration.endpoint.firstRange(of: "://")?.upperBound else {
            throw ObjectStorageError.unreachable(
                operation: "\(method)", key: key ?? "", reason: "'\(configuration.endpoint)' is no URL; expected https://host[:port]")
        }
        let scheme = configuration.endpoint[..<schemeEnd]
        let authority = configuration.endpoint[schemeEnd...]
        let host = configuration.usesPathStyle ? String(authority) : "\(configuration.bucket).\(authority)"
        let bucketPath = configuration.usesPathStyle ? "/\(PercentEncoding.encode(configuration.bucket))" : ""
        let path = bucketPath + (key.map { "/" + PercentEncoding.encode($0, keepsSlashes: true) } ?? (bucketPath.isEmpty ? "/" : ""))

        let hash = body.map(Self.hash) ?? SignatureV4.emptyPayloadHash
        var headers = headers + [("host", Self.host(host, scheme: scheme)), ("x-amz-content-sha256", hash), ("x-amz-date", time.basic)]
        if let token = credentials.sessionToken { headers.append(("x-amz-security-token", token)) }
        let signature = SignatureV4(
            method: method.rawValue, path: path, query: query, headers: headers, payloadHash: hash, time: time, region: configuration.region
        )

        var request = HTTPClientRequest(url: "\(scheme)\(host)\(path)" + (query.isEmpty ? "" : "?" + PercentEncoding.query(query)))
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.headers.add(name: "authorization", value: signature.authorization(credentials))
        if let body { request.body = .bytes(body) }
        return request
    }

    private static func hash(_ body: ByteBuffer) -> String {
        var hash = SHA256()
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return Hex.text(hash.finalize())
    }

    /// The default port is not part of the header.
    private static func host(_ authority: String, scheme: Substring) -> String {
        let port = scheme == "https://" ? ":443" : ":80"
        return authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority
    }
}
