public import AppModel

/// Brings an app to its number of instances and keeps it there: the action ScaleApplication, and the periodic check of apps
/// that no deployment holds (contracts/marathon.md §12.3, §13).
///
///     let decision = ScaleStep(app: app, victims: chosenByUser).next(tasks)
///
/// Guarantees: no more than `instances` tasks are ever there because of it, tasks being killed included; unreachable ones
/// do not count unless the app is resident, whose tasks are waited for.
public struct ScaleStep: Sendable, Hashable {
    public var app: AppDefinition
    /// Tasks that must go. Those that are gone already count for nothing.
    public var victims: Set<String>

    public init(app: AppDefinition, victims: some Sequence<String> = []) {
        self.app = app
        self.victims = Set(victims)
    }

    /// Tasks of another version than the app's were there before the action and count as they are; those of its version count
    /// when they serve.
    public func next(_ tasks: [PlannedTask]) -> StepDecision {
        let present = tasks.filter { app.isResident || $0.condition != .unreachable }
        let chosen = tasks.filter { victims.contains($0.id) && !$0.isKilling }
        let staying = present.filter { !$0.isKilling && !victims.contains($0.id) }
        let surplus = KillOrder.scalingVictims(staying.count - app.instances, of: app, among: staying)
        let leaving = present.count { $0.isKilling }
        let kept = staying.count - surplus.count
        let up = staying.count { $0.version != app.version || $0.isServing(app, probed: true) }
        return StepDecision(
            pendingLaunches: max(0, app.instances - kept - leaving - chosen.count),
            kills: chosen.map(\.id) + surplus.map(\.id),
            isDone: chosen.isEmpty && surplus.isEmpty && leaving == 0 && staying.count == app.instances
                && up == app.instances)
    }
}
