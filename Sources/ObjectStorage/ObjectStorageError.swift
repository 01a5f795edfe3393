/// Why a request to an object store failed.
public enum ObjectStorageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The service answered with this status.
    case refused(operation: String, key: String, status: Int, code: String)

    public var description: String {
        switch self {
        case .refused(let operation, let key, let status, let code): "\(operation) \(key) was refused: \(status) \(code)"
        }
    }
}
