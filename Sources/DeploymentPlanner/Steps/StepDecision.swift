/// What an action of a deployment wants now. Decisions are levels, not increments: applying one twice, or after a crash in the
/// middle of applying it, is the same as applying it once.
public struct StepDecision: Sendable, Hashable {
    /// How many launches shall be pending for the app, those already queued included. Set the queue to this number.
    public var pendingLaunches: Int
    /// Tasks to kill now: store the intents, then kill. Never contains a task that is being killed.
    public var kills: [String]
    public var isDone: Bool

    public init(pendingLaunches: Int = 0, kills: [String] = [], isDone: Bool = false) {
        self.pendingLaunches = pendingLaunches
        self.kills = kills
        self.isDone = isDone
    }
}
