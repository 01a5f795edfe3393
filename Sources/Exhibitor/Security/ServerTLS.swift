import EnsembleModel

/// TLS of one ZooKeeper server: among the servers, and for its clients (contracts/exhibitor.md §13.5).
public struct ServerTLS: Sendable, Hashable {
    /// How servers talk to each other. An ensemble that serves goes from `off` to `require` without an interruption in
    /// the order of the cases, each on all servers before the next.
    public enum Quorum: String, Sendable, Hashable, CaseIterable {
        /// Plain.
        case off
        /// Speaks plainly; understands both.
        case accept
        /// Speaks TLS; understands both.
        case prefer
        /// TLS only.
        case require
    }

    /// Whether a client must show a certificate of the CA.
    public enum ClientAuthentication: String, Sendable, Hashable, CaseIterable { case none, want, need }

    /// PEM file: the server's certificate and those between it and the CA.
    public var certificatePath: String
    /// PEM file: its private key, PKCS #8, not encrypted.
    public var keyPath: String
    /// PEM file: the certificates of the CAs that sign servers and clients.
    public var authorityPath: String
    /// Where clients connect with TLS; nil: nowhere.
    public var clientPort: Int?
    public var clientAuthentication = ClientAuthentication.need
    public var quorum = Quorum.off
    /// Whether the certificate of a server must name its host.
    public var verifiesHostnames = true

    public init(certificatePath: String, keyPath: String, authorityPath: String) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.authorityPath = authorityPath
    }

    /// - Parameters:
    ///   - keyStore: PEM file with key and certificates together.
    ///   - address: that of the client ports; nil: every one.
    func lines(keyStore: String, address: String?) -> [ConfigurationLine] {
        var lines: [ConfigurationLine] = []
        if let clientPort {
            lines += [
                ConfigurationLine("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory"),
                ConfigurationLine("secureClientPort", "\(clientPort)"),
                ConfigurationLine("ssl.clientAuth", clientAuthentication.rawValue),
            ]
            if let address { lines.append(ConfigurationLine("secureClientPortAddress", address)) }
            lines += stores("ssl", keyStore: keyStore)
        }
        if quorum != .off {
            lines += [
                ConfigurationLine("sslQuorum", quorum == .accept ? "false" : "true"),
                ConfigurationLine("portUnification", quorum == .require ? "false" : "true"),
                ConfigurationLine("sslQuorumReloadCertFiles", "true"),
                ConfigurationLine("ssl.quorum.hostnameVerification", verifiesHostnames ? "true" : "false"),
            ]
            lines += stores("ssl.quorum", keyStore: keyStore)
        }
        return lines
    }

    private func stores(_ prefix: String, keyStore: String) -> [ConfigurationLine] {
        [
            ConfigurationLine("\(prefix).keyStore.location", keyStore), ConfigurationLine("\(prefix).keyStore.type", "PEM"),
            ConfigurationLine("\(prefix).trustStore.location", authorityPath), ConfigurationLine("\(prefix).trustStore.type", "PEM"),
        ]
    }
}
