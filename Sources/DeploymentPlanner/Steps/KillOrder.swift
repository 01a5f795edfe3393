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

/// Takes tasks away while every GROUP_BY constraint stays as even as it was, or becomes more even.
struct GroupBalance {
    private struct Grouping {
        let constraint: Constraint
        var members: [String?: [PlannedTask]]

        func value(of task: PlannedTask) -> String? {
            constraint.isOnHostname ? task.hostname : task.attributes[constraint.field]
        }

        var spread: Int {
            let sizes = members.values.map(\.count)
            return (sizes.max() ?? 0) - (sizes.min() ?? 0)
        }

        func spread(without task: PlannedTask) -> Int {
            let value = value(of: task)
            let sizes = members.map { $0.key == value ? $0.value.count - 1 : $0.value.count }
            return (sizes.max() ?? 0) - (sizes.min() ?? 0)
        }
    }

    private var groupings: [Grouping]

    /// - tasks: in the order in which members of one group go.
    init(_ constraints: [Constraint], tasks: [PlannedTask]) {
        groupings = constraints.map { constraint in
            var grouping = Grouping(constraint: constraint, members: [:])
            grouping.members = Dictionary(grouping: tasks) { grouping.value(of: $0) }
            return grouping
        }
    }

    /// From the fullest group of the most uneven constraint; nil when no task of it may go.
    mutating func takeVictim() -> PlannedTask? {
        guard let worst = groupings.max(by: { $0.spread < $1.spread }),
            let fullest = worst.members.max(by: { a, b in
                a.value.count != b.value.count ? a.value.count < b.value.count : (a.key ?? "") > (b.key ?? "")
            })
        else { return nil }
        let fits = fullest.value.first { task in
            groupings.allSatisfy { grouping in
                let after = grouping.spread(without: task)
                return after <= 1 || after < grouping.spread
            }
        }
        guard let victim = fits else { return nil }
        for index in groupings.indices {
            let value = groupings[index].value(of: victim)
            groupings[index].members[value]?.removeAll { $0.id == victim.id }
        }
        return victim
    }
}
