/// What became of a connection through the tunnel.
enum TunnelOutcome: Sendable {
    case connected
    /// The server could not be reached; the reason is for an operator.
    case failed(String)
    /// It came from another process of this host.
    case refused
}
