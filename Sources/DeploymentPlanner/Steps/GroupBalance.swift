import AppModel

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
