import ArgumentParser
import Exhibitor

/// TLS of this host's ZooKeeper server; see docs/zookeeper-security.md.
struct ZooKeeperTLSArguments: ParsableArguments {
    @Option(help: "PEM file with the server's certificate and those between it and the CA.")
    var zkTlsCertificate: String?

    @Option(help: "PEM file with the private key of that certificate (PKCS #8, not encrypted).")
    var zkTlsKey: String?

    @Option(help: "PEM file with the certificates of the CAs of servers and clients.")
    var zkTlsCa: String?

    @Option(help: "Port on which clients connect with TLS (by custom 2281; default: none).")
    var zkSecureClientPort: Int?

    @Option(help: "Whether such a client must show a certificate: need, want or none.")
    var zkTlsClientAuth: ServerTLS.ClientAuthentication = .need

    @Option(
        help: """
            TLS among the servers: off, accept (plain, understands both), prefer (TLS, understands both) or require. A running \
            ensemble goes through them in this order, each on all members before the next.
            """)
    var zkQuorumTls: ServerTLS.Quorum = .off

    @Flag(help: "Accept any certificate of the CA from another server, whatever host it names.")
    var zkQuorumTlsAnyHost = false

    func validate() throws {
        let given = [zkTlsCertificate, zkTlsKey, zkTlsCa].filter { $0 != nil }.count
        guard given == 0 || given == 3 else {
            throw ValidationError("--zk-tls-certificate, --zk-tls-key and --zk-tls-ca go together")
        }
        if given == 0, zkSecureClientPort != nil || zkQuorumTls != .off {
            throw ValidationError("--zk-secure-client-port and --zk-quorum-tls need --zk-tls-certificate, --zk-tls-key and --zk-tls-ca")
        }
        if let zkSecureClientPort, !(1...65535).contains(zkSecureClientPort) {
            throw ValidationError("--zk-secure-client-port must be 1 to 65535, not \(zkSecureClientPort)")
        }
    }

    var tls: ServerTLS? {
        guard let zkTlsCertificate, let zkTlsKey, let zkTlsCa else { return nil }
        var tls = ServerTLS(certificatePath: zkTlsCertificate, keyPath: zkTlsKey, authorityPath: zkTlsCa)
        tls.clientPort = zkSecureClientPort
        tls.clientAuthentication = zkTlsClientAuth
        tls.quorum = zkQuorumTls
        tls.verifiesHostnames = !zkQuorumTlsAnyHost
        return tls
    }
}

extension ServerTLS.ClientAuthentication: ExpressibleByArgument {}
extension ServerTLS.Quorum: ExpressibleByArgument {}
