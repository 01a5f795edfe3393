/// Why a ZooKeeper server could not be started.
public enum ServerStartError: Error, Sendable, Equatable, CustomStringConvertible {
    case missingJar(path: String, package: String, purpose: String)
    case missingJava(searched: [String])
    /// `operation` on `path` failed with `reason`.
    case file(operation: String, path: String, reason: String)
    case spawn(program: String, reason: String)
    case keyStore(reason: String)

    public var description: String {
        switch self {
        case .missingJar(let path, let package, let purpose):
            "\(path) is missing (\(purpose)): install the Debian package \(package)"
        case .missingJava(let searched):
            "no java program at \(searched.joined(separator: ", ")): install the Debian package default-jre-headless or set JAVA_HOME in java.env"
        case .file(let operation, let path, let reason):
            "cannot \(operation) \(path): \(reason)"
        case .spawn(let program, let reason):
            "cannot start \(program): \(reason)"
        case .keyStore(let reason): reason
        }
    }
}
