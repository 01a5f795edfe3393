import AppModel
import OfferMatcher
import ResourceModel
import Testing

@Suite struct ConstraintTests {
    func place(_ rack: String?, host: String = "h") -> Placement {
        Placement(hostname: host, attributes: rack.map { ["rack": $0] } ?? [:])
    }

    func accepts(_ constraint: Constraint, _ place: Placement, tasks: [Placement] = []) -> Bool {
        var index = PlacementIndex([constraint], tasks: tasks)
        return index.accepts(place)
    }

    /// Expectations cannot mutate what they look at.
    func allows(_ index: PlacementIndex, _ place: Placement) -> Bool {
        var index = index
        return index.accepts(place)
    }

    @Test func `UNIQUE wants a value without tasks`() {
        let unique = Constraint("hostname", .unique)
        #expect(accepts(unique, place(nil, host: "a"), tasks: [place(nil, host: "b")]))
        #expect(!accepts(unique, place(nil, host: "a"), tasks: [place(nil, host: "a")]))
        #expect(!accepts(Constraint("@hostname", .unique), place(nil, host: "a"), tasks: [place(nil, host: "a")]))
    }

    @Test func `CLUSTER wants its value, and all tasks on it`() {
        let cluster = Constraint("rack", .cluster, "r1")
        #expect(accepts(cluster, place("r1")))
        #expect(accepts(cluster, place("r1"), tasks: [place("r1")]))
        #expect(!accepts(cluster, place("r2")))
        #expect(!accepts(cluster, place("r1"), tasks: [place("r1"), place(nil)]))
    }

    @Test func `GROUP_BY takes unseen values and the least used ones`() {
        let groupBy = Constraint("rack", .groupBy)
        #expect(accepts(groupBy, place("a")))
        #expect(accepts(groupBy, place("b"), tasks: [place("a")]))
        #expect(!accepts(groupBy, place("a"), tasks: [place("a"), place("a"), place("b")]))
        #expect(accepts(groupBy, place("b"), tasks: [place("a"), place("a"), place("b")]))
    }

    @Test func `GROUP_BY with a number waits for that many values`() {
        let groupBy = Constraint("rack", .groupBy, "3")
        #expect(!accepts(groupBy, place("a"), tasks: [place("a"), place("b")]))
        #expect(accepts(groupBy, place("c"), tasks: [place("a"), place("b")]))
        #expect(accepts(groupBy, place("a"), tasks: [place("a"), place("b"), place("c")]))
    }

    @Test func `GROUP_BY counts tasks on agents without the attribute as one more value`() {
        #expect(accepts(Constraint("rack", .groupBy, "2"), place("a"), tasks: [place("a"), place(nil)]))
    }

    @Test func `GROUP_BY spreads over agents it was told of`() {
        var index = PlacementIndex([Constraint("rack", .groupBy)], tasks: [place("a")])
        #expect(allows(index, place("a")))
        index.note(agent: place("b"))
        #expect(!allows(index, place("a")))
        #expect(allows(index, place("b")))
    }

    @Test func `LIKE and UNLIKE match the whole value`() {
        #expect(accepts(Constraint("rack", .like, "r[0-9]+"), place("r12")))
        #expect(!accepts(Constraint("rack", .like, "r[0-9]"), place("r12")))
        #expect(accepts(Constraint("rack", .unlike, "r[0-9]"), place("r12")))
        #expect(!accepts(Constraint("rack", .unlike, "r.*"), place("r12")))
    }

    @Test func `MAX_PER counts per value of the attribute`() {
        let maxPer = Constraint("rack", .maxPer, "2")
        #expect(accepts(maxPer, place("a", host: "x"), tasks: [place("a", host: "y"), place("b", host: "x")]))
        #expect(!accepts(maxPer, place("a", host: "x"), tasks: [place("a", host: "y"), place("a", host: "z")]))
    }

    @Test(arguments: Constraint.Operator.allCases)
    func `only UNLIKE accepts an agent without the attribute`(operator: Constraint.Operator) {
        #expect(accepts(Constraint("rack", `operator`, "1"), place(nil)) == (`operator` == .unlike))
    }

    @Test func `a removed task frees its place`() {
        var index = PlacementIndex([Constraint("hostname", .unique)], tasks: [place(nil)])
        index.remove(place(nil))
        #expect(allows(index, place(nil)))
    }

    @Test func `attributes compare as text`() {
        var scalar = Attribute(name: "a", type: .scalar)
        for (value, text) in [
            (1234.5, "1,234.5"), (2, "2"), (0.1234, "0.123"), (1_000_000, "1,000,000"), (999, "999"), (-1500.25, "-1,500.25"),
        ] {
            scalar.scalar = ScalarValue(value: value)
            #expect(scalar.constraintText == text)
        }
        var ranges = Attribute(name: "a", type: .ranges)
        ranges.ranges = RangesValue(range: [RangeValue(begin: 5, end: 9), RangeValue(begin: 1, end: 2)])
        #expect(ranges.constraintText == "[1-2,5-9]")
        var set = Attribute(name: "a", type: .set)
        set.set = SetValue(item: ["y", "x"])
        #expect(set.constraintText == "{x,y}")
    }

    @Test func `GROUP_BY and MAX_PER hold for tasks launched one after another`() throws {
        for seed in UInt64(0)..<100 {
            var random = SeededGenerator(seed: seed)
            let racks = (0..<Int.random(in: 1...5, using: &random)).map { "r\($0)" }
            var index = PlacementIndex([Constraint("rack", .groupBy), Constraint("hostname", .maxPer, "3")])
            for rack in racks { index.note(agent: place(rack)) }
            var perRack: [String: Int] = [:]
            var perHost: [String: Int] = [:]
            for _ in 0..<200 {
                let rack = racks[Int.random(in: 0..<racks.count, using: &random)]
                let candidate = place(rack, host: "\(rack)-\(Int.random(in: 0...3, using: &random))")
                guard index.accepts(candidate) else { continue }
                index.add(candidate)
                perRack[rack, default: 0] += 1
                perHost[candidate.hostname, default: 0] += 1
                let counts = racks.map { perRack[$0] ?? 0 }
                try #require((counts.max() ?? 0) - (counts.min() ?? 0) <= 1, "seed \(seed)")
                try #require(perHost.values.allSatisfy { $0 <= 3 }, "seed \(seed)")
            }
        }
    }
}
