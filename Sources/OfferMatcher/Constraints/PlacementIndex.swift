public import AppModel

/// Where the tasks of one app run, counted per value of every field that its constraints name; and whether one more may
/// run at a place (contracts/marathon.md §10.2).
///
/// Put in the *compared tasks*: launched with a version ≥ `lastConfigChangeAt`, not lost.
///
///     var index = PlacementIndex(app.constraints, tasks: placements)
///     if index.accepts(Placement(hostname: offer.hostname, attributes: offer.attributeTexts)) { … }
public struct PlacementIndex: Sendable, Hashable {
    fileprivate struct Counted: Sendable, Hashable {
        let constraint: Constraint
        /// By value; nil = the agent lacks the attribute.
        var counts: [String?: Int] = [:]
        var total = 0
        /// Values that agents are known to have although no task runs there.
        var known: Set<String> = []
        /// Of LIKE and UNLIKE: answers already found, by value.
        var matches: [String: Bool] = [:]
    }

    private var counted: [Counted]

    public init(_ constraints: [Constraint], tasks: some Sequence<Placement> = []) {
        counted = constraints.map { Counted(constraint: $0) }
        guard !constraints.isEmpty else { return }
        for task in tasks { add(task) }
    }

    public var constraints: [Constraint] { counted.map(\.constraint) }

    public mutating func add(_ placement: Placement) { change(placement, by: 1) }

    public mutating func remove(_ placement: Placement) { change(placement, by: -1) }

    private mutating func change(_ placement: Placement, by difference: Int) {
        for index in counted.indices {
            let value = placement.value(of: counted[index].constraint)
            let count = (counted[index].counts[value] ?? 0) + difference
            counted[index].counts[value] = count > 0 ? count : nil
            counted[index].total = max(0, counted[index].total + difference)
        }
    }

    /// Tells GROUP_BY of an agent that can take tasks, so that it spreads over values where nothing runs yet.
    public mutating func note(agent placement: Placement) {
        for index in counted.indices where counted[index].constraint.operator == .groupBy {
            if let value = placement.value(of: counted[index].constraint) { counted[index].known.insert(value) }
        }
    }

    /// Whether every constraint lets one more task run there.
    public mutating func accepts(_ placement: Placement) -> Bool {
        for index in counted.indices where !counted[index].accepts(placement.value(of: counted[index].constraint)) { return false }
        return true
    }
}

extension PlacementIndex.Counted {
    /// - value: the agent's; nil when it lacks the attribute, which only UNLIKE accepts.
    fileprivate mutating func accepts(_ value: String?) -> Bool {
        guard let value else { return constraint.operator == .unlike }
        let here = counts[value] ?? 0
        switch constraint.operator {
        case .unique: return here == 0
        case .cluster: return value == constraint.value && here == total
        case .maxPer: return here < (constraint.value.flatMap { Int($0) } ?? 0)
        case .like: return matches(value)
        case .unlike: return !matches(value)
        case .groupBy:
            guard here > 0 else { return true }
            let unused = known.count { counts[$0] == nil }
            let values = counts.count + unused
            let least = unused > 0 ? 0 : counts.values.min() ?? 0
            return values >= (constraint.value.flatMap { Int($0) } ?? 0) && here == least
        }
    }

    private mutating func matches(_ value: String) -> Bool {
        if let answer = matches[value] { return answer }
        // Definitions with a pattern that does not compile were refused.
        let answer = (try? Regex(constraint.value ?? "").wholeMatch(in: value)) ?? nil
        matches[value] = answer != nil
        return answer != nil
    }
}
