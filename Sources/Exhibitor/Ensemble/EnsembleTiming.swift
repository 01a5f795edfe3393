/// How often an instance looks at what it shares with the others.
public struct EnsembleTiming: Sendable {
    /// Poll of the shared configuration (`--configcheckms`).
    public var configurationPoll = Duration.seconds(30)
    /// How long the start waits for a store that does not answer.
    public var firstLook = Duration.seconds(5)
    /// The live check while something changes, and while nothing does.
    public var eagerCheck = Duration.milliseconds(500)
    public var calmCheck = Duration.seconds(2)
    /// Rounds of automatic instance management, and while there is no list yet. A member counts as down after three.
    public var managementRound = Duration.seconds(10)
    public var formationRound = Duration.seconds(1)

    public init() {}
}
