import FoundationEssentials
public import Hummingbird
import HTTPTypes

/// HTTP Basic authentication of one realm (contracts/mesos.md §3.2).
public struct BasicAuthentication: Sendable, Hashable {
    /// `mesos-master-readonly`, …
    public var realm: String
    public var credentials: Credentials

    public init(realm: String, credentials: Credentials) {
        self.realm = realm
        self.credentials = credentials
    }

    /// Who asks.
    /// - Throws: `PlainTextError` 401 with the realm unless the request names a principal and its secret.
    public func principal(of request: Request) throws -> String {
        guard let header = request.headers[.authorization], let (principal, secret) = Self.parts(of: header),
            credentials.isRight(secret, for: principal)
        else {
            throw PlainTextError(.unauthorized, headers: [.wwwAuthenticate: "Basic realm=\"\(realm)\""])
        }
        return principal
    }

    /// Of `Basic <base64 of principal:secret>`.
    static func parts(of header: String) -> (principal: String, secret: String)? {
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic", let bytes = Data(base64Encoded: String(words[1])) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else { return nil }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}
