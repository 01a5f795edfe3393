import Crypto
import FoundationEssentials
import Glibc
import Platform
import ZooKeeper

/// User and password with which a ZooKeeper client passes every ACL of one server and may change the membership
/// (contracts/exhibitor.md §13.5).
///
/// A server knows only the digest, from the command line of its JVM. Each member may have credentials of its own: the
/// server a client is connected to checks the password, and forwards writes to the leader together with what it found.
public struct SuperCredentials: Sendable, Hashable {
    public enum Origin: Sendable, Hashable {
        /// From the operator's file: a password that somebody may have chosen, know and use elsewhere.
        case configured
        /// 256 random bits which nobody has seen.
        case generated
    }

    public let user: String
    public let password: String
    public let origin: Origin

    public init(user: String, password: String, origin: Origin = .configured) {
        self.user = user
        self.password = password
        self.origin = origin
    }

    /// New ones, for the user `super`.
    public static func generate() -> SuperCredentials {
        var generator = SystemRandomNumberGenerator()
        let password = (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        return SuperCredentials(user: "super", password: password.joined(), origin: .generated)
    }

    /// `user:password`; the password may contain colons.
    /// - Returns: nil when a part is missing, or the text is more than one line.
    init?(parsing text: String, origin: Origin) {
        var line = text[...]
        while let last = line.last, last.isNewline { line.removeLast() }
        guard let colon = line.firstIndex(of: ":"), !line.contains(where: \.isNewline) else { return nil }
        let password = line[line.index(after: colon)...]
        guard colon != line.startIndex, !password.isEmpty else { return nil }
        self.init(user: String(line[..<colon]), password: String(password), origin: origin)
    }

    /// What a ZooKeeper client is made with.
    public var credentials: ConnectString.Credentials { ConnectString.Credentials(user: user, password: password) }

    /// The value of `zookeeper.DigestAuthenticationProvider.superDigest`: `user:base64(sha1("user:password"))`.
    public var digest: String {
        "\(user):\(Data(Insecure.SHA1.hash(data: Data("\(user):\(password)".utf8))).base64EncodedString())"
    }
}

extension SuperCredentials: CustomStringConvertible {
    /// Without the password: this text may reach a log.
    public var description: String { "\(user) (\(origin))" }
}

extension SuperCredentials: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: ["user": user, "origin": origin]) }
}

// MARK: - Files

extension SuperCredentials {
    /// The name of the file, in the state directory, of credentials that nobody configured.
    public static let fileName = "super-credentials"

    /// The operator's credentials, or ours: generated at the first call and the same from then on.
    ///
    /// Blocks.
    /// - Parameters:
    ///   - stateDirectory: where generated ones are kept; created when missing.
    ///   - configuredFile: `--zk-super-credentials`: one line `user:password`, readable by its owner only.
    /// - Throws: `SuperCredentialsError`, or `ServerStartError.file` when generated ones cannot be stored.
    public static func load(stateDirectory: String, configuredFile: String? = nil) throws -> SuperCredentials {
        if let configuredFile { return try read(configuredFile, origin: .configured) }
        let path = stateDirectory + "/" + fileName
        // A file that others could read, or that is damaged, is no use: nobody else needs to know this password.
        if let stored = try? read(path, origin: .generated) { return stored }
        let fresh = generate()
        try FileAccess.createDirectory(stateDirectory, mode: 0o755)
        try FileAccess.write("\(fresh.user):\(fresh.password)\n", to: path, mode: 0o600)
        return fresh
    }

    private static func read(_ path: String, origin: Origin) throws(SuperCredentialsError) -> SuperCredentials {
        guard let mode = FileAccess.permissions(path) else {
            throw .unreadable(path: path, reason: SystemError.current.description)
        }
        guard mode & 0o077 == 0 else { throw .exposed(path: path, mode: mode) }
        guard let text = FileAccess.text(path) else { throw .unreadable(path: path, reason: SystemError.current.description) }
        guard let credentials = SuperCredentials(parsing: text, origin: origin) else { throw .malformed(path: path) }
        return credentials
    }
}
