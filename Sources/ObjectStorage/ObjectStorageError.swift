import Glibc

/// Why a request to an object store failed.
public enum ObjectStorageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The service answered with this status. `code` is its own word for it: `NoSuchBucket`.
    case refused(operation: String, key: String, status: Int, code: String)
    /// No answer, or none but passing failures.
    case unreachable(operation: String, key: String, reason: String)
    /// An answer that makes no sense.
    case malformedAnswer(operation: String, key: String, reason: String)
    /// The service does not know `If-Match` and the like on writes.
    case conditionsUnsupported
    case credentials(reason: String)
    /// A local file; `code` is an `errno`.
    case file(path: String, code: Int32)
    /// An object that is larger than the caller takes.
    case tooLarge(key: String, limit: Int)

    public var description: String {
        switch self {
        case .refused(let operation, let key, let status, let code): "\(operation) \(key) was refused: \(status) \(code)"
        case .unreachable(let operation, let key, let reason): "\(operation) \(key) got no answer: \(reason)"
        case .malformedAnswer(let operation, let key, let reason): "\(operation) \(key) got an answer that makes no sense: \(reason)"
        case .conditionsUnsupported: "the service has no conditional writes"
        case .credentials(let reason): "no credentials for the object store: \(reason)"
        case .file(let path, let code): "\(path): \(Self.text(of: code))"
        case .tooLarge(let key, let limit): "\(key) is larger than \(limit) bytes"
        }
    }

    private static func text(of code: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
