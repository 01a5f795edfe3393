/// How long to wait before the next start of a server that keeps dying: 0, 1, 2, 4, … 30 s
/// (contracts/exhibitor.md §8).
public struct RestartBackoff: Sendable, Equatable {
    public static let longest = Duration.seconds(30)

    /// Deaths in a row without a steady run between them.
    public private(set) var deaths = 0

    public init() {}

    /// The wait before the start that follows this death.
    public mutating func next() -> Duration {
        defer { deaths += 1 }
        guard deaths > 0 else { return .zero }
        return min(Self.longest, .seconds(1 << min(deaths - 1, 5)))
    }

    public mutating func reset() { deaths = 0 }
}
