internal import CZooKeeper

/// A session's id and password.
struct SessionIdentity: Sendable {
    let id: Int64
    private let password: [CChar]

    init(_ raw: clientid_t) {
        id = raw.client_id
        password = withUnsafeBytes(of: raw.passwd) { $0.map { CChar(bitPattern: $0) } }
    }

    static func withRaw<Result>(_ identity: SessionIdentity?, _ body: (UnsafePointer<clientid_t>?) -> Result) -> Result {
        guard let identity else { return body(nil) }
        var raw = clientid_t()
        raw.client_id = identity.id
        withUnsafeMutableBytes(of: &raw.passwd) { target in
            for (index, byte) in identity.password.prefix(target.count).enumerated() { target[index] = UInt8(bitPattern: byte) }
        }
        return body(&raw)
    }
}
