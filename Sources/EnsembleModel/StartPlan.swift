/// With which members a server is started.
public enum StartPlan: Sendable, Hashable {
    /// Alone, member of nothing.
    case standalone
    /// These members are written.
    case members([Member])
    /// The membership on disk, which the servers agreed on, stays as it is.
    case keep
    /// Not now; the reason is for the operator.
    case wait(String)
}
