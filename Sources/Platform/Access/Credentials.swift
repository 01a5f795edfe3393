import FoundationEssentials

/// Who may speak to a daemon, and with which secret (contracts/mesos.md §3.5).
public struct Credentials: Sendable, Hashable, CustomStringConvertible {
    /// By principal.
    private let secrets: [String: String]

    public init(_ secrets: [String: String]) { self.secrets = secrets }

    private struct File: Decodable {
        struct Entry: Decodable {
            var principal: String
            var secret: String?
        }
        var credentials: [Entry]
    }

    /// - json: `{"credentials":[{"principal":"p","secret":"s"}]}`, or lines of a principal and a secret.
    public init(json: String) throws {
        if json.drop(while: \.isWhitespace).first == "{" {
            let file = try JSONDecoder().decode(File.self, from: Data(json.utf8))
            secrets = Dictionary(file.credentials.map { ($0.principal, $0.secret ?? "") }) { $1 }
            return
        }
        var secrets: [String: String] = [:]
        for line in json.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 2 else { throw Malformed() }
            secrets[String(words[0])] = String(words[1])
        }
        self.secrets = secrets
    }

    public struct Malformed: Error, CustomStringConvertible {
        public var description: String { "expected {\"credentials\":[{\"principal\":\"…\",\"secret\":\"…\"}]}" }
    }

    /// Takes as long for a wrong secret as for the right one.
    func isRight(_ secret: String, for principal: String) -> Bool {
        guard let expected = secrets[principal] else { return false }
        let (a, b) = (Array(secret.utf8), Array(expected.utf8))
        var difference = a.count ^ b.count
        for index in b.indices { difference |= Int(b[index] ^ (index < a.count ? a[index] : 0)) }
        return difference == 0
    }

    /// Never the secrets.
    public var description: String { "Credentials(\(secrets.count))" }
}
