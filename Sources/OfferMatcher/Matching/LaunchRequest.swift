public import AppModel

/// An entry of the launch queue that may launch now: its backoff is over.
public struct LaunchRequest: Sendable, Hashable {
    public var app: AppDefinition
    /// How many more tasks are wanted.
    public var count: Int
    public var placements: PlacementIndex

    /// - tasks: where the compared tasks run, see `PlacementIndex`.
    public init(app: AppDefinition, count: Int, tasks: some Sequence<Placement> = []) {
        self.init(app: app, count: count, placements: PlacementIndex(app.constraints, tasks: tasks))
    }

    public init(app: AppDefinition, count: Int, placements: PlacementIndex) {
        self.app = app
        self.count = count
        self.placements = placements
    }
}
