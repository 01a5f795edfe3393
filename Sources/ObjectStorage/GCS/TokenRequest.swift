import Crypto
import CryptoExtras
import FoundationEssentials

/// The signed statement that a service account trades for an access token (RFC 7523, RS256).
struct TokenRequest: Sendable {
    var account: GCSServiceAccount
    var time: UTCTime
    var scope = "https://www.googleapis.com/auth/devstorage.read_write"

    private struct Header: Encodable {
        let alg = "RS256"
        let typ = "JWT"
    }

    private struct Claims: Encodable {
        var iss: String
        var scope: String
        var aud: String
        var iat: Int64
        var exp: Int64
    }

    /// `<header>.<claims>.<signature>`.
    /// - Throws: `ObjectStorageError.credentials` when the key is none.
    func assertion() throws -> String {
        let key: _RSA.Signing.PrivateKey
        do {
            key = try _RSA.Signing.PrivateKey(pemRepresentation: account.privateKey)
        } catch {
            throw ObjectStorageError.credentials(reason: "the private key of \(account.email) is no RSA key in PEM form")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let seconds = time.milliseconds / 1000
        let claims = Claims(iss: account.email, scope: scope, aud: account.tokenURL, iat: seconds, exp: seconds + 3600)
        let unsigned =
            Base64.urlText(Array(try encoder.encode(Header()))) + "." + Base64.urlText(Array(try encoder.encode(claims)))
        let signature = try key.signature(for: SHA256.hash(data: Array(unsigned.utf8)), padding: .insecurePKCS1v1_5)
        return unsigned + "." + Base64.urlText(Array(signature.rawRepresentation))
    }

    /// The body of the request for a token.
    func form() throws -> String {
        PercentEncoding.query([("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", try assertion())])
    }
}
