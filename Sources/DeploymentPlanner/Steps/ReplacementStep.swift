public import AppModel

/// A rolling replacement: every task of another version gives way to one of the app's version (the action
/// RestartApplication, contracts/marathon.md §12.3).
///
///     let progress = ReplacementProgress(beginning: app, tasks: tasks)     // store it
///     let decision = ReplacementStep(app: app, progress: progress).next(tasks)   // on every change of a task
///
/// Guarantees, whatever dies in between and however often it is asked:
/// - A kill never brings the number of serving tasks below `minimumHealthCapacity` if it was there at the start (resident
///   apps that may neither dip nor swell: one below).
/// - Launches never bring the number of tasks above `maximumOverCapacity` (one above when the strategy allows nothing).
/// - As long as new tasks end up serving, it ends: `instances` new tasks that serve and nothing else. New tasks that die are
///   replaced without end.
public struct ReplacementStep: Sendable, Hashable {
    public var app: AppDefinition
    public var progress: ReplacementProgress

    public init(app: AppDefinition, progress: ReplacementProgress) {
        self.app = app
        self.progress = progress
    }

    public func next(_ tasks: [PlannedTask]) -> StepDecision {
        let old = tasks.filter { $0.version != app.version }
        let new = tasks.filter { $0.version == app.version }
        let activeNew = new.filter { !$0.isKilling && (app.isResident || $0.condition != .unreachable) }
        let surplus = surplusVictims(activeNew)
        let surplusIDs = Set(surplus.map(\.id))
        let servingNew = activeNew.count { $0.isServing(app, probed: true) && !surplusIDs.contains($0.id) }
        let oldVictims = oldVictims(old, servingNew: servingNew)

        let occupied = old.count + new.count { app.isResident || $0.condition != .unreachable }
        let missing = app.instances - activeNew.count
        let room = progress.maxCapacity - occupied
        return StepDecision(
            pendingLaunches: max(0, min(missing, room)), kills: (oldVictims + surplus).map(\.id),
            isDone: old.isEmpty && activeNew.count == app.instances && servingNew == app.instances
                && occupied == app.instances)
    }

    /// Unreachable tasks that came back after being replaced.
    private func surplusVictims(_ activeNew: [PlannedTask]) -> [PlannedTask] {
        let count = activeNew.count - app.instances
        return count > 0 ? Array(KillOrder.replacementOrder(activeNew, app).prefix(count)) : []
    }

    /// Every new task that serves releases one old task. Since those that do not serve go first, the serving ones of both
    /// kinds together stay at the floor or above.
    private func oldVictims(_ old: [PlannedTask], servingNew: Int) -> [PlannedTask] {
        let candidates = old.filter { !$0.isKilling }
        let mayGo = candidates.count - max(0, progress.floor - servingNew)
        return mayGo > 0 ? Array(KillOrder.replacementOrder(candidates, app).prefix(mayGo)) : []
    }
}
