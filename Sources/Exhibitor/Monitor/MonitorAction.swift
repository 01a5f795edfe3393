/// What the process monitor wants done.
public enum MonitorAction: Sendable, Equatable {
    /// Write the files of the current settings and start the server; answered by `started` or `startFailed`.
    case start
    /// SIGTERM; answered by `exited`.
    case terminate(pid: Int32)
    /// SIGKILL; answered by `exited`.
    case kill(pid: Int32)
    /// Ask the server how it is; answered by `probed` with the same run.
    case probe(run: Int)
    /// - topic: makes it an event of the timeline.
    case log(ActivityLog.Kind, String, topic: ActivityTopic? = nil)
}
