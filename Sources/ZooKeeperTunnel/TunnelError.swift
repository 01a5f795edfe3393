/// Why a tunnel to a TLS ensemble could not be set up.
public enum TunnelError: Error, Sendable, Equatable, CustomStringConvertible {
    case unusableFile(path: String, reason: String)
    /// `variable` of the environment is given without `needed`.
    case incomplete(variable: String, needed: String)
    case unusableValue(variable: String, value: String, accepted: String)
    case notAnAddress(String)

    public var description: String {
        switch self {
        case .unusableFile(let path, let reason): "cannot use \(path): \(reason)"
        case .incomplete(let variable, let needed): "\(variable) is set, but \(needed) is not"
        case .unusableValue(let variable, let value, let accepted): "\(variable) is \"\(value)\"; accepted: \(accepted)"
        case .notAnAddress(let text): "\"\(text)\" is not of the form host:port"
        }
    }
}
