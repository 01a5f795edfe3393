/// The text of a PEM key store as ZooKeeper reads it: one private key followed by its certificates.
enum PEMKeyStore {
    /// Why two files make no key store.
    struct Unusable: Error, Equatable, CustomStringConvertible {
        /// The file at fault.
        let path: String
        let reason: String
        var description: String { "cannot use \(path) for TLS: \(reason)" }
    }

    struct File {
        let path: String
        let text: String
    }

    static func compose(key: File, certificates: File) throws(Unusable) -> String {
        let keys = blocks(key.text).filter { $0.label.hasSuffix("PRIVATE KEY") }
        guard let block = keys.first else { throw Unusable(path: key.path, reason: "it holds no private key in PEM form") }
        guard keys.count == 1 else { throw Unusable(path: key.path, reason: "it holds \(keys.count) private keys") }
        // The server's reader knows one form only and says nothing useful about the others.
        guard block.label == "PRIVATE KEY" else {
            let command = "openssl pkcs8 -topk8 -nocrypt -in \(key.path) -out <new file>"
            throw Unusable(path: key.path, reason: "its key is a \"\(block.label)\"; PKCS #8 without encryption is needed: \(command)")
        }
        let chain = blocks(certificates.text).filter { $0.label == "CERTIFICATE" }
        guard !chain.isEmpty else { throw Unusable(path: certificates.path, reason: "it holds no certificate in PEM form") }
        return ([block] + chain).map(\.text).joined()
    }

    // MARK: -

    struct Block {
        let label: String
        /// With its first and last line.
        let text: String
    }

    /// The blocks of a file in order; what stands between them is no part of any.
    static func blocks(_ text: String) -> [Block] {
        var blocks: [Block] = []
        var label: Substring?
        var lines = ""
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----") {
                label = line.dropFirst(11).dropLast(5)
                lines = ""
            }
            guard let open = label else { continue }
            lines += line + "\n"
            if line == "-----END \(open)-----" {
                blocks.append(Block(label: String(open), text: lines))
                label = nil
            }
        }
        return blocks
    }
}
