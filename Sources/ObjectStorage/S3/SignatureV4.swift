import Crypto

/// AWS signature version 4 of one request to S3.
///
/// Signs all headers it is given. The path is encoded once, as S3 wants it.
struct SignatureV4: Sendable {
    var method: String
    /// Percent-encoded.
    var path: String
    /// Not encoded.
    var query: [(name: String, value: String)] = []
    /// With `host`, `x-amz-date` and `x-amz-content-sha256`.
    var headers: [(name: String, value: String)]
    /// Hex SHA-256 of the body.
    var payloadHash: String
    var time: UTCTime
    var region: String
    var service = "s3"

    static let emptyPayloadHash = Hex.text(SHA256.hash(data: [UInt8]()))

    private var scope: String { "\(time.day)/\(region)/\(service)/aws4_request" }

    private var sortedHeaders: [(name: String, value: String)] {
        headers.map { (name: $0.name.lowercased(), value: Self.trim($0.value)) }.sorted { $0.name < $1.name }
    }

    var signedHeaders: String { sortedHeaders.map(\.name).joined(separator: ";") }

    var canonicalRequest: String {
        let query = query.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }.sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        let headers = sortedHeaders.map { "\($0.name):\($0.value)\n" }.joined()
        return [method, path, query, headers, signedHeaders, payloadHash].joined(separator: "\n")
    }

    var stringToSign: String {
        let hash = Hex.text(SHA256.hash(data: Array(canonicalRequest.utf8)))
        return ["AWS4-HMAC-SHA256", time.basic, scope, hash].joined(separator: "\n")
    }

    func signature(secret: String) -> String {
        var key = SymmetricKey(data: Array("AWS4\(secret)".utf8))
        for part in [time.day, region, service, "aws4_request"] {
            key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key))
        }
        return Hex.text(HMAC<SHA256>.authenticationCode(for: Array(stringToSign.utf8), using: key))
    }

    /// The value of the `authorization` header.
    func authorization(_ credentials: S3Credentials) -> String {
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope),SignedHeaders=\(signedHeaders),"
            + "Signature=\(signature(secret: credentials.secretAccessKey))"
    }

    private static func trim(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
