/// Where a client stands with the ensemble.
public enum SessionState: Sendable, Hashable {
    /// No session yet.
    case connecting
    /// - id: the session's id, - timeout: as negotiated with the server.
    case connected(id: Int64, timeout: Duration)
    /// The connection broke; the session may live on. Whoever owns something by it stops acting at once.
    case suspended
    /// The session is over, its ephemerals are gone; a new one is on its way.
    case expired
    /// The client was closed.
    case closed

    public var isConnected: Bool {
        if case .connected = self { true } else { false }
    }
}
