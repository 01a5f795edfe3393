/// A log or snapshot of ZooKeeper, or an index of ours, that cannot be read or written.
public enum TransactionLogError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file does not begin with the magic and version of its kind.
    case notALog(path: String)
    case notASnapshot(path: String)
    /// The file ends within something that has a known length.
    case truncated
    /// The bytes are not what the format says; `what` names the field.
    case malformed(String)
    /// The checksum over what was read is not the one that is stored.
    case wrongChecksum
    /// A system call failed.
    case file(operation: String, path: String, code: Int32)
    /// The program that decompresses a file failed.
    case cannotDecompress(path: String)
    /// No index of this name, or it is not whole.
    case noIndex(name: String)

    public var description: String {
        switch self {
        case .notALog(let path): "\(path) is no transaction log of ZooKeeper"
        case .notASnapshot(let path): "\(path) is no snapshot of ZooKeeper"
        case .truncated: "the file ends too early"
        case .malformed(let what): "malformed: \(what)"
        case .wrongChecksum: "the checksum is wrong"
        case .file(let operation, let path, let code): "cannot \(operation) \(path): \(systemErrorText(code))"
        case .cannotDecompress(let path): "\(path) cannot be decompressed"
        case .noIndex(let name): "there is no index \(name)"
        }
    }
}
