import Crypto
import FoundationEssentials

/// The "Shared Key" signature of a request to Azure's blob service, version 2015-02-21 and later.
struct SharedKeySignature: Sendable {
    var account: String
    var method: String
    /// As in the request line: percent-encoded, with a leading slash.
    var path: String
    /// Not encoded.
    var query: [(name: String, value: String)] = []
    /// With `x-ms-date` and `x-ms-version`.
    var headers: [(name: String, value: String)]
    /// Bytes of the body.
    var contentLength: Int

    /// The standard headers in the order in which they are signed.
    private static let standard = [
        "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date", "if-modified-since", "if-match",
        "if-none-match", "if-unmodified-since", "range",
    ]

    var stringToSign: String {
        let values = Dictionary(headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        let standard = Self.standard.map { name in
            // No length is written as nothing, not as zero.
            if name == "content-length" { return contentLength == 0 ? "" : "\(contentLength)" }
            return values[name] ?? ""
        }
        let own = values.filter { $0.key.hasPrefix("x-ms-") }.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
        let parameters = query.map { (name: $0.name.lowercased(), value: $0.value) }.sorted { $0.name < $1.name }
            .map { "\($0.name):\($0.value)" }
        return ([method] + standard + own + ["/\(account)\(path)"] + parameters).joined(separator: "\n")
    }

    /// The value of the `authorization` header.
    func authorization(key: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(stringToSign.utf8), using: SymmetricKey(data: key))
        return "SharedKey \(account):\(Data(code).base64EncodedString())"
    }
}
