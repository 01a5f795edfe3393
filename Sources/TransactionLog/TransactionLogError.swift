/// A log or snapshot of ZooKeeper that cannot be read.
public enum TransactionLogError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file does not begin with the magic and version of its kind.
    case notALog(path: String)

    public var description: String {
        switch self {
        case .notALog(let path): "\(path) is no transaction log of ZooKeeper"
        }
    }
}
