import FoundationEssentials

/// The identity of a program at Google.
public struct GCSServiceAccount: Sendable, Hashable {
    public var email: String
    /// PEM, PKCS #1 or PKCS #8.
    public var privateKey: String
    /// Where tokens are made.
    public var tokenURL: String

    public init(email: String, privateKey: String, tokenURL: String = "https://oauth2.googleapis.com/token") {
        self.email = email
        self.privateKey = privateKey
        self.tokenURL = tokenURL
    }

    private struct KeyFile: Decodable {
        var client_email: String
        var private_key: String
        var token_uri: String?
    }

    /// The JSON key file that Google hands out; nil when it is none.
    public init?(json text: String) {
        guard let file = try? JSONDecoder().decode(KeyFile.self, from: Data(text.utf8)) else { return nil }
        self.init(email: file.client_email, privateKey: file.private_key)
        if let url = file.token_uri { tokenURL = url }
    }
}
