/// Why the file of `--zk-super-credentials` is not used.
public enum SuperCredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    /// Others than its owner have rights on it.
    case exposed(path: String, mode: UInt32)
    case malformed(path: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read --zk-super-credentials \(path): \(reason)"
        case .exposed(let path, let mode):
            "--zk-super-credentials \(path) has mode 0\(String(mode, radix: 8)): its owner only may read it; chmod 0600 \(path)"
        case .malformed(let path): "--zk-super-credentials \(path) is not one line user:password"
        }
    }
}
