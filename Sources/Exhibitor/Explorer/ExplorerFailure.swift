import HTTPTypes
import Hummingbird
import ZooKeeper

/// Why the Explorer could not do what it was asked for, in words for the answer.
struct ExplorerFailure: Error, CustomStringConvertible {
    /// ZooKeeper's name of the error, or a sentence.
    let description: String
    /// For reads; a failed mutation is answered 200 (contracts/exhibitor.md §2).
    let status: HTTPResponse.Status

    init(_ description: String, status: HTTPResponse.Status = .badRequest) {
        self.description = description
        self.status = status
    }

    init(_ error: any Error) {
        switch error {
        case let failure as ExplorerFailure: self = failure
        case let error as ZooKeeperError: self.init(error)
        case let error as MultiError: self.init(ZooKeeperError(error.code))
        default: self.init("\(error)")
        }
    }

    private init(_ error: ZooKeeperError) {
        switch error.code {
        case .noNode: self.init("NoNode", status: .notFound)
        case .badVersion: self.init("BadVersion")
        case .noAuth: self.init("NoAuth: the access control list of the znode does not allow it")
        case .nodeExists: self.init("NodeExists")
        case .notEmpty: self.init("NotEmpty: children appeared while the znode was deleted")
        case .invalidACL: self.init("InvalidACL: the server does not know the scheme, or the id does not fit it")
        case .noChildrenForEphemerals: self.init("NoChildrenForEphemerals: the parent belongs to a session")
        case .tooLarge: self.init("The data exceeds \(RequestLimits.dataSize) bytes")
        case .notReadOnly: self.init("NotReadOnly: the server has no quorum")
        case .notConnected, .closing:
            self.init("The ZooKeeper server of this host does not answer", status: .serviceUnavailable)
        default:
            if error.isOutcomeUnknown {
                self.init("The connection to ZooKeeper was lost before the answer", status: .serviceUnavailable)
            } else {
                self.init("\(error)")
            }
        }
    }

    /// As an error of a read.
    var httpError: HTTPError { HTTPError(status, message: description) }
}
