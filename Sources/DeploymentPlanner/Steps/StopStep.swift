/// Kills everything of an app: the action StopApplication.
public struct StopStep: Sendable, Hashable {
    public init() {}

    public func next(_ tasks: [PlannedTask]) -> StepDecision {
        StepDecision(kills: tasks.filter { !$0.isKilling }.map(\.id), isDone: tasks.isEmpty)
    }
}
