/// How the servers of a TLS ensemble are recognised, and how we identify ourselves to them.
public struct TunnelConfiguration: Sendable, Hashable {
    public enum Verification: String, Sendable, Hashable, CaseIterable {
        /// The certificate must come from the CA and name the host we connect to.
        case full
        /// The certificate must come from the CA; the host does not matter.
        case chain
    }

    /// PEM file with the certificates of the CAs that sign the servers'.
    public var authorityPath: String
    /// PEM file with our certificate and those between it and the CA; nil: we show none.
    public var certificatePath: String?
    /// PEM file with the private key of our certificate.
    public var keyPath: String?
    public var verification: Verification
    /// The TLS port of every server, where addresses name the plain one; nil: as addressed.
    public var port: Int?

    public init(
        authorityPath: String, certificatePath: String? = nil, keyPath: String? = nil, verification: Verification = .full,
        port: Int? = nil
    ) {
        self.authorityPath = authorityPath
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.verification = verification
        self.port = port
    }

    /// From `DCOS_ZK_TLS_CA`, `…_CERTIFICATE`, `…_KEY`, `…_VERIFY` and `…_PORT`.
    /// - Returns: nil when none of them is set: connections are plain.
    /// - Throws: `TunnelError` rather than connecting in another way than asked for.
    public init?(environment: [String: String]) throws(TunnelError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let (authority, certificate, key) = ("DCOS_ZK_TLS_CA", "DCOS_ZK_TLS_CERTIFICATE", "DCOS_ZK_TLS_KEY")
        let (verify, port) = ("DCOS_ZK_TLS_VERIFY", "DCOS_ZK_TLS_PORT")
        guard let authorityPath = value(authority) else {
            if let other = [certificate, key, verify, port].first(where: { value($0) != nil }) {
                throw .incomplete(variable: other, needed: authority)
            }
            return nil
        }
        self.init(authorityPath: authorityPath, certificatePath: value(certificate), keyPath: value(key))
        if certificatePath != nil, keyPath == nil { throw .incomplete(variable: certificate, needed: key) }
        if keyPath != nil, certificatePath == nil { throw .incomplete(variable: key, needed: certificate) }
        if let text = value(verify) {
            guard let verification = Verification(rawValue: text) else {
                throw .unusableValue(
                    variable: verify, value: text, accepted: Verification.allCases.map(\.rawValue).joined(separator: ", "))
            }
            self.verification = verification
        }
        if let text = value(port) {
            guard let number = Int(text), (1...65535).contains(number) else {
                throw .unusableValue(variable: port, value: text, accepted: "1 to 65535")
            }
            self.port = number
        }
    }
}
