public import AppModel

/// Which tasks go when some must (contracts/marathon.md §12.3).
public enum KillOrder {
    /// Victims of a scale down: first what keeps GROUP_BY constraints balanced, then by state, then by age.
    public static func scalingVictims(_ count: Int, of app: AppDefinition, among tasks: [PlannedTask]) -> [PlannedTask] {
        guard count > 0 else { return [] }
        let ordered = byState(tasks, app.killSelection ?? .youngestFirst)
        var balance = GroupBalance(app.constraints.filter { $0.operator == .groupBy }, tasks: ordered)
        var victims: [PlannedTask] = []
        while victims.count < count, let victim = balance.takeVictim() { victims.append(victim) }
        let chosen = Set(victims.map(\.id))
        return victims + ordered.lazy.filter { !chosen.contains($0.id) }.prefix(count - victims.count)
    }

    /// The order in which a replacement gives up tasks: those that do not serve, then by age.
    static func replacementOrder(_ tasks: [PlannedTask], _ app: AppDefinition) -> [PlannedTask] {
        let ordered = byState(tasks, app.killSelection ?? .youngestFirst)
        return ordered.filter { !$0.isServing(app, probed: false) } + ordered.filter { $0.isServing(app, probed: false) }
    }

    /// By condition, then age; the id makes the order total.
    private static func byState(_ tasks: [PlannedTask], _ selection: KillSelection) -> [PlannedTask] {
        tasks.sorted { a, b in
            if a.condition != b.condition { return a.condition < b.condition }
            if a.startedAt != b.startedAt {
                // A task that never ran is younger than any that did.
                let aIsYounger = (a.startedAt?.milliseconds ?? .max) > (b.startedAt?.milliseconds ?? .max)
                return selection == .youngestFirst ? aIsYounger : !aIsYounger
            }
            return a.id < b.id
        }
    }
}
