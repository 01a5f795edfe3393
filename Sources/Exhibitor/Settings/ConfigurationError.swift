import EnsembleModel

/// A command line or defaults file that cannot be used.
public enum ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    case notAMember(hostname: String, ensemble: ServerList)
    case unusableExtraLine(String)
    case notANumber(key: String, value: String)
    case unreadable(path: String)
    case twoBackupProviders
    case cannotListen(host: String, port: Int, reason: String)

    public var description: String {
        switch self {
        case .notAMember(let hostname, let ensemble):
            "this host (--hostname \(hostname)) is not in --staticensemble \(ensemble)"
        case .unusableExtraLine(let line): "--zoo-cfg-extra \"\(line)\" is not of the form key=value"
        case .notANumber(let key, let value): "\(key) must be a number, not \"\(value)\""
        case .unreadable(let path): "cannot read \(path)"
        case .twoBackupProviders: "--filesystembackup and --s3backup exclude each other"
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
        }
    }
}
