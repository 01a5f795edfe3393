import Platform

/// What the process monitor learns.
public enum MonitorEvent: Sendable, Equatable {
    /// The search for a running server of ours ended; nil: none runs. The first event of all.
    /// - isCurrent: it was started with the present settings.
    case found(pid: Int32?, isCurrent: Bool = true)
    case started(pid: Int32)
    case startFailed(reason: String)
    /// The start has to wait for something; it is tried again soon.
    case startDeferred(reason: String)
    case exited(pid: Int32, ProcessExit)
    /// The answer to `MonitorAction.probe`.
    case probed(ProbeResult, run: Int)
    /// The time of `nextDeadline` has come.
    case tick
    case operatorStart
    case operatorStop
    case operatorRestart
    /// The switch for automatic restarts.
    case restartsSwitched(Bool)
    case configured(ZooKeeperSettings, MonitorTiming)
}
