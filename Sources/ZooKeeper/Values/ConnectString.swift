/// Where an ensemble is: `zk://[user:password@]host:port[,host:port…]/path` or the plain `host:port,…[/path]`.
public struct ConnectString: Sendable, Hashable, CustomStringConvertible {
    public struct Credentials: Sendable, Hashable {
        public var user: String
        public var password: String
        public init(user: String, password: String) {
            self.user = user
            self.password = password
        }
    }

    public struct Malformed: Error, CustomStringConvertible {
        public let text: String
        public let reason: String
        public var description: String {
            "'\(text)' is not a ZooKeeper URL (\(reason)); expected zk://[user:password@]host:port[,host:port...]/path"
        }
    }

    /// `host:port`, the port always present.
    public var hosts: [String]
    /// Empty, or begins with a slash and does not end with one.
    public var path: String
    /// For the digest scheme.
    public var credentials: Credentials?

    public init(hosts: [String], path: String = "", credentials: Credentials? = nil) {
        self.hosts = hosts
        self.path = path
        self.credentials = credentials
    }

    public init(_ text: String) throws {
        var rest = Substring(text)
        if rest.hasPrefix("zk://") { rest = rest.dropFirst(5) }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        var path = String(rest[slash...])
        while path.hasSuffix("/") { path.removeLast() }
        if path.contains("//") { throw Malformed(text: text, reason: "empty node name in the path") }

        if let at = authority.lastIndex(of: "@") {
            let user = authority[..<at]
            guard let colon = user.firstIndex(of: ":"), colon != user.startIndex else {
                throw Malformed(text: "zk://…@\(authority[authority.index(after: at)...])", reason: "credentials without a colon")
            }
            credentials = Credentials(user: String(user[..<colon]), password: String(user[user.index(after: colon)...]))
            authority = authority[authority.index(after: at)...]
        }
        hosts = try authority.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let host = part.filter { !$0.isWhitespace }
            guard !host.isEmpty else { throw Malformed(text: text, reason: "empty host") }
            guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return host + ":2181" }
            guard let port = Int(host[host.index(after: colon)...]), (1...65535).contains(port), colon != host.startIndex else {
                throw Malformed(text: text, reason: "bad port in '\(host)'")
            }
            return host
        }
        self.path = path
    }

    /// Without the credentials.
    public var description: String { "zk://\(hosts.joined(separator: ","))\(path)" }
}
