import ResourceModel
import Testing

@testable import Allocator

@Suite("Allocator: roles in a tree, limits, minima")
struct RoleTreeTests {
    var allocator = Allocator()
    var generator = SplitMix64(seed: 1)

    private mutating func holdings(of frameworks: [FrameworkID]) -> [FrameworkID: Double] {
        (0..<12).reduce(into: [:]) { sums, number in
            for (id, resources) in allocator.allocated(on: AgentID("s\(number)")) { sums[id, default: 0] += resources.cpus }
        }
    }

    @Test("Children share what their parent gets: a with two children against b")
    mutating func childrenShare() {
        for number in 0..<12 { allocator.setAgent(AgentID("s\(number)"), total: resources(1, 100), isActive: true) }
        allocator.setFramework("x", info: info("x", role: "a/x"), isActive: true)
        allocator.setFramework("y", info: info("y", role: "a/y"), isActive: true)
        allocator.setFramework("b", info: info("b", role: "b"), isActive: true)
        _ = allocator.allocate(now: 0, using: &generator)
        #expect(holdings(of: ["x", "y", "b"]) == ["x": 3, "y": 3, "b": 6])
    }

    @Test("A role's own frameworks stand beside its children")
    mutating func ownFrameworks() {
        for number in 0..<12 { allocator.setAgent(AgentID("s\(number)"), total: resources(1, 100), isActive: true) }
        allocator.setFramework("own", info: info("own", role: "a"), isActive: true)
        allocator.setFramework("x", info: info("x", role: "a/x"), isActive: true)
        allocator.setFramework("b", info: info("b", role: "b"), isActive: true)
        _ = allocator.allocate(now: 0, using: &generator)
        #expect(holdings(of: ["own", "x", "b"]) == ["own": 3, "x": 3, "b": 6])
    }

    @Test("Weights count between siblings")
    mutating func weightsOfSiblings() {
        for number in 0..<12 { allocator.setAgent(AgentID("s\(number)"), total: resources(1, 100), isActive: true) }
        allocator.setWeight(3, of: "a/x")
        allocator.setFramework("x", info: info("x", role: "a/x"), isActive: true)
        allocator.setFramework("y", info: info("y", role: "a/y"), isActive: true)
        _ = allocator.allocate(now: 0, using: &generator)
        #expect(holdings(of: ["x", "y"]) == ["x": 9, "y": 3])
    }

    @Test("What is reserved for a role is offered to those below it")
    mutating func inheritedReservations() {
        allocator.setAgent("s", total: resources(1, 100, role: "a"), isActive: true)
        allocator.setFramework("b", info: info("b", role: "b"), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).isEmpty)
        allocator.setFramework("x", info: info("x", role: "a/x"), isActive: true)
        #expect(allocator.allocate(now: 1, using: &generator).map(\.framework) == ["x"])
    }

    @Test("An agent is cut to what a limit leaves; scalars without limit and ports come whole")
    mutating func limitCuts() {
        let ports = Resources([.ranges("ports", [1...9])])
        allocator.setAgent("s", total: resources(8, 1024) + ports, isActive: true)
        allocator.setQuota(nil, limits: ["cpus": 2], of: "a")
        allocator.setFramework("x", info: info("x", role: "a/x"), isActive: true)
        let offers = allocator.allocate(now: 0, using: &generator)
        #expect(offers.map(\.resources) == [resources(2, 1024) + ports])
        #expect(allocator.consumed(by: "a")["cpus"] == 2)
    }

    @Test("Reservations count against the limit, held or not")
    mutating func reservationsCount() {
        allocator.setAgent("s", total: resources(8, 1024) + resources(2, 10, role: "a"), isActive: true)
        allocator.setQuota(nil, limits: ["cpus": 3], of: "a")
        allocator.setFramework("f", info: info("f", role: "a"), isActive: true)
        let offers = allocator.allocate(now: 0, using: &generator)
        #expect(offers.map(\.resources) == [resources(1, 1024) + resources(2, 10, role: "a")])
    }

    @Test("With limits a role takes more than its guarantee")
    mutating func burst() {
        for number in 0..<4 { allocator.setAgent(AgentID("s\(number)"), total: resources(1, 100), isActive: true) }
        allocator.setQuota(resources(1, 100), limits: ["cpus": 3], of: "a")
        allocator.setFramework("f", info: info("f", role: "a"), isActive: true)
        _ = allocator.allocate(now: 0, using: &generator)
        #expect(holdings(of: ["f"]) == ["f": 3])
    }

    @Test("Nothing below the minimum is offered, unless the framework takes less")
    mutating func minimum() throws {
        allocator = Allocator(minimum: try #require(MinimumAllocation(text: "cpus:1;mem:512")))
        allocator.setAgent("s", total: resources(2, 256), isActive: true)
        allocator.setFramework("f", info: info("f"), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).isEmpty)
        var modest = info("g")
        modest.offer_filters = [
            "*": OfferFilters(min_allocatable_resources: .init(quantities: [.init(quantities: ["cpus": .init(value: 1)])]))
        ]
        allocator.setFramework("g", info: modest, isActive: true)
        #expect(allocator.allocate(now: 1, using: &generator).map(\.framework) == ["g"])
    }

    @Test("A suppressed role gets nothing from the start; others of the framework do")
    mutating func suppressedFromTheStart() {
        allocator.setAgent("s", total: resources(2, 256), isActive: true)
        allocator.setFramework("f", info: info("f", roles: ["a", "b"]), isActive: true, suppressed: ["a"])
        #expect(allocator.allocate(now: 0, using: &generator).map(\.role) == ["b"])
    }
}
