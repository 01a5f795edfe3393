import Glibc
import NIOSSL
import Platform

/// TLS of the manager itself: its HTTP interface, and its calls of the other members' (contracts/exhibitor.md §13.5).
///
/// The names of the settings are those of the later DC/OS versions; the stores are PEM files.
public struct ManagerTLS: Sendable, Hashable {
    /// One PEM file with a private key and its certificates.
    public struct KeyStore: Sendable, Hashable {
        public var path: String
        /// Of the key; nil: it is not encrypted.
        public var password: String?

        public init(path: String, password: String? = nil) {
            self.path = path
            self.password = password
        }
    }

    public var server: KeyStore
    /// What we show to other members; nil: nothing.
    public var client: KeyStore?
    /// PEM file with the certificates of the CAs; nil: those of the system.
    public var trustStorePath: String?
    /// Whether who calls us must show a certificate of the CA.
    public var requiresClientCertificate = false
    /// Whether other members' certificates must come from the CA and name their host.
    public var verifiesPeers = true

    public init(server: KeyStore) {
        self.server = server
    }

    /// From `EXHIBITOR_TLS_SERVER_KEYSTORE_PATH`, `…_PASSWORD`, `EXHIBITOR_TLS_CLIENT_KEYSTORE_…`,
    /// `EXHIBITOR_TLS_TRUSTSTORE_PATH`, `EXHIBITOR_TLS_REQUIRE_CLIENT_CERT` and `EXHIBITOR_TLS_VERIFY_PEER_CERT`.
    /// - Returns: nil when no server key store is named: HTTP is plain.
    /// - Throws: `ManagerTLSError.incomplete` when others are.
    public init?(environment: [String: String]) throws(ManagerTLSError) {
        let prefix = "EXHIBITOR_TLS_"
        func value(_ name: String) -> String? { environment[prefix + name].flatMap { $0.isEmpty ? nil : $0 } }
        func store(_ name: String) -> KeyStore? {
            value(name + "_KEYSTORE_PATH").map { KeyStore(path: $0, password: value(name + "_KEYSTORE_PASSWORD")) }
        }
        guard let server = store("SERVER") else {
            if let other = ["CLIENT_KEYSTORE_PATH", "TRUSTSTORE_PATH", "REQUIRE_CLIENT_CERT"].first(where: { value($0) != nil }) {
                throw .incomplete(variable: prefix + other)
            }
            return nil
        }
        self.init(server: server)
        client = store("CLIENT")
        trustStorePath = value("TRUSTSTORE_PATH")
        if let text = value("REQUIRE_CLIENT_CERT") { requiresClientCertificate = Self.isTrue(text) }
        if let text = value("VERIFY_PEER_CERT") { verifiesPeers = Self.isTrue(text) }
    }

    private static func isTrue(_ text: String) -> Bool { ["true", "1", "yes"].contains(text.lowercased()) }

    // MARK: - Files

    /// For the HTTP interface. Blocks.
    func serverConfiguration() throws(ManagerTLSError) -> TLSConfiguration {
        let (key, certificates) = try Self.load(server)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        if requiresClientCertificate {
            configuration.certificateVerification = .noHostnameVerification
            if let roots = try trustRoots() { configuration.trustRoots = roots }
        }
        return configuration
    }

    /// For calls of other members. Blocks.
    func clientConfiguration() throws(ManagerTLSError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        if let roots = try trustRoots() { configuration.trustRoots = roots }
        if !verifiesPeers { configuration.certificateVerification = .none }
        if let client {
            let (key, certificates) = try Self.load(client)
            configuration.certificateChain = certificates.map { .certificate($0) }
            configuration.privateKey = .privateKey(key)
        }
        return configuration
    }

    private func trustRoots() throws(ManagerTLSError) -> NIOSSLTrustRoots? {
        guard let trustStorePath else { return nil }
        return .certificates(try Self.certificates(trustStorePath))
    }

    private static func load(_ store: KeyStore) throws(ManagerTLSError) -> (NIOSSLPrivateKey, [NIOSSLCertificate]) {
        let certificates = try certificates(store.path)
        do {
            let key = try NIOSSLPrivateKey(file: store.path, format: .pem) { setter in setter((store.password ?? "").utf8) }
            return (key, certificates)
        } catch {
            throw .unusable(path: store.path, reason: "it holds no private key in PEM form, or the password is wrong")
        }
    }

    private static func certificates(_ path: String) throws(ManagerTLSError) -> [NIOSSLCertificate] {
        guard let bytes = FileAccess.bytes(path) else { throw .unusable(path: path, reason: SystemError.current.description) }
        guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
            // The first byte of a PKCS #12 file and of a JKS file.
            let isJava = bytes.first == 0x30 || bytes.first == 0xfe
            throw .unusable(
                path: path,
                reason: isJava
                    ? "it is a Java key store; PEM is needed: openssl pkcs12 -in <store> -nodes -out <file>.pem (JKS: keytool -importkeystore first)"
                    : "it holds no certificates in PEM form")
        }
        return found
    }
}
