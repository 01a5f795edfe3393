/// The time of an event, as an input to the state machine.
struct Moment: Sendable, Hashable {
    /// Seconds since the epoch: for what is shown or stored.
    var wall: Double
    /// Seconds of a monotonic clock: for timers.
    var uptime: Double
}
