import Testing

@testable import ResourceModel

private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

@Suite("Ranges")
struct RangeSetTests {
    @Test("union, difference and containment agree with plain sets", arguments: 1...50 as ClosedRange<UInt64>)
    func sets(seed: UInt64) {
        var generator = Generator(state: seed)
        func random() -> RangeSet {
            RangeSet(
                (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                    let low = UInt64.random(in: 0...60, using: &generator)
                    return low...(low + UInt64.random(in: 0...8, using: &generator))
                })
        }
        func members(_ ranges: RangeSet) -> Set<UInt64> { Set(ranges.ranges.flatMap { Array($0) }) }
        for _ in 0..<200 {
            let a = random()
            let b = random()
            var union = a
            union.formUnion(b)
            var difference = a
            difference.subtract(b)
            #expect(members(union) == members(a).union(members(b)), "seed \(seed): \(a) + \(b)")
            #expect(members(difference) == members(a).subtracting(members(b)), "seed \(seed): \(a) - \(b)")
            #expect(a.contains(b) == members(a).isSuperset(of: members(b)), "seed \(seed): \(a) contains \(b)")
            #expect(a.count == members(a).count)
            for number in 0...70 as ClosedRange<UInt64> { #expect(a.contains(number) == members(a).contains(number)) }
            #expect(RangeSet(text: a.description) == a)
        }
    }

    @Test("adjacent ranges join")
    func adjacency() {
        #expect(RangeSet([1...5, 6...9]).description == "[1-9]")
        #expect(RangeSet([0...UInt64.max]).contains(UInt64.max))
    }
}

@Suite("Resources")
struct ResourcesTests {
    @Test("scalars count in thousandths")
    func thousandths() {
        let sum = Resources([.scalar("cpus", 0.1)]) + Resources([.scalar("cpus", 0.2)])
        #expect(sum == Resources([.scalar("cpus", 0.3)]))
        #expect(Resources([.scalar("cpus", 0.0001)]).isEmpty)
    }

    @Test("taking away and giving back restores the original", arguments: 1...20 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) {
        var generator = Generator(state: seed)
        let total = Resources([
            .scalar("cpus", 8), .scalar("mem", 4096), .ranges("ports", [31000...32000]), .scalar("cpus", 2, role: "prod"),
            .set("disks", ["a", "b", "c"]),
        ])
        var left = total
        var taken: [Resources] = []
        for _ in 0..<100 {
            let port = UInt64.random(in: 31000...32000, using: &generator)
            let want = Resources([
                .scalar("cpus", Double(Int.random(in: 1...900, using: &generator)) / 1000),
                .scalar("mem", Double.random(in: 1...100, using: &generator)), .ranges("ports", [port...port]),
            ])
            guard left.contains(want) else { continue }
            left -= want
            taken.append(want)
        }
        for want in taken { left += want }
        #expect(left == total, "seed \(seed)")
    }

    @Test("roles are kept apart and summed on request")
    func roles() {
        let resources = Resources([.scalar("cpus", 1), .scalar("cpus", 2, role: "a")])
        #expect(resources.cpus == 3)
        #expect(!resources.contains(Resources([.scalar("cpus", 3)])))
        #expect(resources.filter { $0.role == "a" }.cpus == 2)
        #expect(resources.description == "cpus(*):1.0; cpus(a):2.0")
    }

    @Test("illegal entries are named")
    func invalidity() {
        #expect(Resource.scalar("cpus", -1).invalidity != nil)
        #expect(Resource.scalar("cpus", .infinity).invalidity != nil)
        #expect(Resource.ranges("ports", [1...5, 4...9]).invalidity != nil)
        #expect(Resource.scalar("", 1).invalidity != nil)
        #expect(Resource.scalar("cpus", 1, role: "-x").invalidity == "Role name '-x' is invalid because it starts with a dash")
        #expect(Resource.scalar("cpus", 1).invalidity == nil)
    }
}
