/// Why a backup was not made, or not restored. Unless a case says otherwise, nothing was changed.
public enum BackupError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The wording is that of the original command (contracts/exhibitor.md §12.5); scripts look for it.
    case serverRunning(pid: Int32)
    case targetExists(path: String)
    case missingParent(path: String)
    case missingData(path: String)
    /// The data lie elsewhere than in the directory that the command handles as a whole.
    case dataElsewhere(directory: String, expected: String)
    case file(operation: String, path: String, reason: String)
    case program(name: String, ending: String, output: String)
    case badArchive(path: String, reason: String)
    case notEnoughSpace(path: String, needed: Int, available: Int)
    case notServing(server: String, reason: String)
    case noSnapshot(directory: String)
    /// The server has applied changes that do not arrive in its log.
    case logBehind(directory: String, reached: Zxid, wanted: Zxid)
    case verificationFailed(reason: String)

    public var description: String {
        switch self {
        case .serverRunning: "ZooKeeper must not be running. Aborting."
        case .targetExists(let path): "\(path) exists already; a backup never replaces a file."
        case .missingParent(let path): "\(path) is no directory; create it first."
        case .missingData(let path): "\(path) does not exist: is --state-dir right?"
        case .dataElsewhere(let directory, let expected):
            "The data of this server are in \(directory), not below \(expected): use --online to back up, and unpack by hand to restore."
        case .file(let operation, let path, let reason): "Cannot \(operation) \(path): \(reason)"
        case .program(let name, let ending, let output): "\(name) \(ending)\(output.isEmpty ? "" : ":\n\(output)")"
        case .badArchive(let path, let reason): "\(path) is no usable backup: \(reason)"
        case .notEnoughSpace(let path, let needed, let available):
            "Not enough space in \(path): \(needed >> 20) MiB needed, \(available >> 20) MiB free"
        case .notServing(let server, let reason):
            "The server at \(server) cannot be backed up while it runs (\(reason)). Stopped servers are backed up without --online."
        case .noSnapshot(let directory): "There is no valid snapshot in \(directory)"
        case .logBehind(let directory, let reached, let wanted):
            "The log in \(directory) ends at \(reached), but the server has applied \(wanted)"
        case .verificationFailed(let reason): "Verification failed: \(reason)"
        }
    }
}
