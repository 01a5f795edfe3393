import EnsembleModel

/// The intervals of the process monitor.
public struct MonitorTiming: Sendable, Equatable {
    /// Period of the live check (`check-ms`).
    public var checkInterval: Duration
    /// How long a server may be down or out of its quorum before it is restarted: T of contracts/exhibitor.md §8 step 5.
    public var unhealthyLimit: Duration
    /// How often a server that does not serve is asked, so that its recovery is seen at once.
    public var eagerProbeInterval = Duration.seconds(1)
    /// How often a start is tried again that has to wait for other members.
    public var deferredStartInterval = Duration.milliseconds(250)
    /// From SIGTERM to SIGKILL.
    public var stopGrace = Duration.seconds(10)
    /// A run of this length while serving ends a series of deaths.
    public var steadyRun = Duration.seconds(30)

    public init(checkInterval: Duration, unhealthyLimit: Duration) {
        self.checkInterval = max(checkInterval, .milliseconds(100))
        self.unhealthyLimit = unhealthyLimit
    }

    /// T = 2 × tickTime × max(initLimit, syncLimit) from the lines of `zoo.cfg`, or 10 checks when one of them is missing.
    public init(checkInterval: Duration, lines: [ConfigurationLine]) {
        func value(_ key: String) -> Int? { lines.last { $0.key == key }.flatMap { Int($0.value) } }
        let limit: Duration
        if let tick = value("tickTime"), let initial = value("initLimit"), let sync = value("syncLimit") {
            limit = .milliseconds(2 * tick * max(initial, sync))
        } else {
            limit = checkInterval * 10
        }
        self.init(checkInterval: checkInterval, unhealthyLimit: limit)
    }
}
