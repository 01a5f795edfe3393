/// What a ZooKeeper operation failed with.
public struct ZooKeeperError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The codes of contracts/exhibitor.md §14.4.
    public enum Code: Sendable, Hashable {
        /// The connection broke before the answer: the outcome of a write is unknown.
        case connectionLoss
        /// Like `connectionLoss`: the server did not answer in time.
        case operationTimeout
        case marshalling
        case unimplemented
        case badArguments
        case invalidState
        case newConfigNoQuorum
        case reconfigInProgress
        case reconfigDisabled
        case noNode
        case noAuth
        case badVersion
        case noChildrenForEphemerals
        case nodeExists
        case notEmpty
        case sessionExpired
        case invalidACL
        case authFailed
        case closing
        case sessionMoved
        case notReadOnly
        case ephemeralOnLocalSession
        case noWatcher
        case requestTimeout
        case sessionClosedRequireSASL
        case throttled
        /// The request would exceed what a server accepts; it was not sent.
        case tooLarge
        /// No session came up in time; nothing was sent.
        case notConnected
        /// The library lost track of its answers (it does when it moves to another server); in a multi: rolled back because
        /// of another operation.
        case runtimeInconsistency
        case other(Int32)

        init(_ raw: Int32) {
            self =
                switch raw {
                case -2: .runtimeInconsistency
                case -4: .connectionLoss
                case -5: .marshalling
                case -6: .unimplemented
                case -7: .operationTimeout
                case -8: .badArguments
                case -9: .invalidState
                case -13: .newConfigNoQuorum
                case -14: .reconfigInProgress
                case -101: .noNode
                case -102: .noAuth
                case -103: .badVersion
                case -108: .noChildrenForEphemerals
                case -110: .nodeExists
                case -111: .notEmpty
                case -112: .sessionExpired
                case -114: .invalidACL
                case -113, -115: .authFailed
                case -116: .closing
                case -118: .sessionMoved
                case -119: .notReadOnly
                case -120: .ephemeralOnLocalSession
                case -121: .noWatcher
                case -122: .requestTimeout
                case -123: .reconfigDisabled
                case -124: .sessionClosedRequireSASL
                case -127: .throttled
                default: .other(raw)
                }
        }
    }

    public var code: Code
    /// The znode it was about, when it was about one.
    public var path: String?

    public init(_ code: Code, path: String? = nil) {
        self.code = code
        self.path = path
    }

    init(raw: Int32, path: String?) {
        self.init(Code(raw), path: path)
    }

    /// True when a write may or may not have happened.
    public var isOutcomeUnknown: Bool {
        switch code {
        case .connectionLoss, .operationTimeout, .sessionExpired, .sessionMoved, .closing, .requestTimeout, .runtimeInconsistency: true
        default: false
        }
    }

    /// True when asking again on a (new) connection makes sense.
    public var isConnectionProblem: Bool {
        switch code {
        case .connectionLoss, .operationTimeout, .sessionExpired, .sessionMoved, .closing, .requestTimeout, .runtimeInconsistency,
            .throttled, .invalidState:
            true
        default: false
        }
    }

    public var description: String {
        guard let path else { return "ZooKeeper: \(code)" }
        return "ZooKeeper: \(code) at \(path)"
    }
}

/// A multi that was refused as a whole because one operation failed.
public struct MultiError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Index of the operation that failed first.
    public var index: Int
    public var code: ZooKeeperError.Code
    public var description: String { "ZooKeeper: operation \(index) of the multi failed: \(code)" }
}
