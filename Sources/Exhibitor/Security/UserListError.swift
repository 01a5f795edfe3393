/// Why the users file of `--realm` is not used.
public enum UserListError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(path: String)
    case exposed(path: String)
    case malformed(path: String, line: Int)
    case empty(path: String)

    public var description: String {
        switch self {
        case .unreadable(let path): "cannot read the users file \(path)"
        case .exposed(let path): "the users file \(path) holds passwords: its owner only may read it; chmod 0600 \(path)"
        case .malformed(let path, let line): "line \(line) of the users file \(path) is not of the form name: password[, role]"
        case .empty(let path): "the users file \(path) names nobody"
        }
    }
}
