import EnsembleModel

/// How our own server is, at the moment of asking.
public struct ServerStatus: Sendable, Equatable {
    public var state: ServerState
    /// Also true of a standalone server.
    public var isLeader: Bool
    public var pid: Int32?
    /// Restarts that were due since the manager started.
    public var restartCount: Int
    /// The running server was started with the present settings.
    public var runsCurrentSettings: Bool
    /// What it leads, follows or observes in; nil while it does not serve.
    public var mode: ProbeResult.Mode?
}
