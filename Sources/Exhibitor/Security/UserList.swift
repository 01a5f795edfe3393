import Crypto
import FoundationEssentials

/// Who may use the HTTP interface: the content of the file of `--realm`.
///
/// One line `name: password[, role …]` each, as in the original. A user with the role `viewer` changes nothing. Passwords
/// are plain, or `MD5:<hex>`.
public struct UserList: Sendable, Equatable {
    public struct User: Sendable, Equatable {
        public var name: String
        var password: String
        public var isViewer: Bool
    }

    public private(set) var users: [String: User] = [:]

    public init() {}

    /// - Throws: `UserListError.malformed` with the number of the first bad line: who would be missing then, or could come
    ///   in, is nothing to guess about.
    public init(parsing text: String, path: String) throws(UserListError) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = Self.trimmed(line)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard let colon = line.firstIndex(of: ":") else { throw .malformed(path: path, line: index + 1) }
            let parts = line[line.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
            let name = Self.trimmed(line[..<colon])
            guard !name.isEmpty, let password = parts.first, !password.isEmpty, users[name] == nil else {
                throw .malformed(path: path, line: index + 1)
            }
            add(name, password: password, isViewer: parts.dropFirst().contains("viewer"))
        }
        guard !users.isEmpty else { throw .empty(path: path) }
    }

    public mutating func add(_ name: String, password: String, isViewer: Bool = false) {
        users[name] = User(name: name, password: password, isViewer: isViewer)
    }

    /// Blocks.
    /// - Throws: `UserListError`; also when others than the owner can read the file.
    public static func load(_ path: String) throws(UserListError) -> UserList {
        guard let mode = FileAccess.permissions(path), let text = FileAccess.text(path) else { throw .unreadable(path: path) }
        guard mode & 0o077 == 0 else { throw .exposed(path: path) }
        return try UserList(parsing: text, path: path)
    }

    /// - authorization: the header of a request.
    /// - Returns: nil when it names no user with the right password.
    func user(authorization: String?) -> User? {
        guard let authorization, authorization.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: String(authorization.dropFirst(6).filter { !$0.isWhitespace }))
        else { return nil }
        let pair = String(decoding: data, as: UTF8.self)
        guard let colon = pair.firstIndex(of: ":"), let user = users[String(pair[..<colon])] else { return nil }
        return Self.isEqual(String(pair[pair.index(after: colon)...]), user.password) ? user : nil
    }

    /// The header with which this instance calls others as that user; nil when only a digest of the password is known.
    func authorization(of name: String) -> String? {
        guard let user = users[name], !user.password.hasPrefix("MD5:") else { return nil }
        return "Basic " + Data("\(name):\(user.password)".utf8).base64EncodedString()
    }

    private static func isEqual(_ given: String, _ stored: String) -> Bool {
        let isDigest = stored.hasPrefix("MD5:")
        let expected = isDigest ? stored.dropFirst(4).lowercased() : stored
        let actual = isDigest ? hex(Insecure.MD5.hash(data: Data(given.utf8))) : given
        // Digests of the same length are compared as a whole, so that the time tells nothing.
        return SHA256.hash(data: Data(actual.utf8)) == SHA256.hash(data: Data(expected.utf8))
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
