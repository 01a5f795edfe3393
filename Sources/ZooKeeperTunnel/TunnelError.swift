/// Why a tunnel to a TLS ensemble could not be set up.
public enum TunnelError: Error, Sendable, Equatable, CustomStringConvertible {
    case unusableFile(path: String, reason: String)

    public var description: String {
        switch self {
        case .unusableFile(let path, let reason): "cannot use \(path): \(reason)"
        }
    }
}
