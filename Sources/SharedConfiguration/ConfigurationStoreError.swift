/// Why a store could not do what it was asked for. None of these means that the configuration is absent.
public enum ConfigurationStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The share, the ensemble or the service cannot be reached, or refused.
    case unreachable(store: String, reason: String)
    /// It did not answer within this time, and an answer may never come (a hung network file system).
    case unresponsive(store: String, after: Duration)
    /// This process has seen content there before and now there is none: a share that was unmounted, a bucket that was
    /// emptied. A restart of the process accepts the absence.
    case vanished(store: String)
    /// The content is not UTF-8 text, or far larger than any configuration.
    case unreadable(store: String, reason: String)
    /// The store is read-only by its kind: `static`.
    case fixed(store: String)

    public var description: String {
        switch self {
        case .unreachable(let store, let reason): "cannot reach \(store): \(reason)"
        case .unresponsive(let store, let duration): "\(store) did not answer within \(duration)"
        case .vanished(let store): "the configuration in \(store) was there before and is gone; put it back, or restart to begin anew"
        case .unreadable(let store, let reason): "cannot read \(store): \(reason)"
        case .fixed(let store): "\(store) is given on the command line and cannot be changed at run time"
        }
    }
}
