/// How long launches of an app wait after a task of it ended (contracts/marathon.md §10.1). Kept per app and
/// `lastConfigChangeAt`: a changed configuration starts without one. A value that is not there means no delay.
///
///     backoff = LaunchBackoff.afterFailure(of: app, previous: backoff, now: now)   // any terminal state but TASK_KILLED
///     if backoff?.isOver(at: now) ?? true { launch() }
public struct LaunchBackoff: Sendable, Hashable {
    public var delay: Duration
    /// Launches are allowed from here on.
    public var until: Timestamp

    public init(delay: Duration, until: Timestamp) {
        self.delay = delay
        self.until = until
    }

    /// The first delay is `backoffSeconds`; each further one is longer by `backoffFactor`, up to `maxLaunchDelaySeconds`.
    public static func afterFailure(of app: AppDefinition, previous: LaunchBackoff?, now: Timestamp) -> LaunchBackoff {
        let longest = Double(app.maxLaunchDelaySeconds) * 1000
        let base = Double(app.backoffSeconds) * 1000
        let wanted = previous.map { Double($0.delay.wholeMilliseconds) * app.backoffFactor } ?? base
        let delay = Duration.milliseconds(Int64(min(longest, wanted, 1e15)))
        return LaunchBackoff(delay: delay, until: now + delay)
    }

    public func isOver(at now: Timestamp) -> Bool { now >= until }

    /// Whole seconds for `/v2/queue`; 0 when it is over.
    public func timeLeftSeconds(at now: Timestamp) -> Int {
        Int(max(0, (until - now).wholeMilliseconds + 999) / 1000)
    }
}
