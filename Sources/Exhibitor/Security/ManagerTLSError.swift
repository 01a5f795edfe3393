/// Why the manager cannot serve HTTPS as asked for.
public enum ManagerTLSError: Error, Sendable, Equatable, CustomStringConvertible {
    case unusable(path: String, reason: String)
    case incomplete(variable: String)

    public var description: String {
        switch self {
        case .unusable(let path, let reason): "cannot use \(path) for HTTPS: \(reason)"
        case .incomplete(let variable): "\(variable) is set, but EXHIBITOR_TLS_SERVER_KEYSTORE_PATH is not"
        }
    }
}
