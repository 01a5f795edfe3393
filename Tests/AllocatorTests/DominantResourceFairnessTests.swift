import ResourceModel
import Testing

@testable import Allocator

/// The examples of Ghodsi et al., "Dominant Resource Fairness" (NSDI 2011), sections 4.1 and 4.3, and the rules of roles.
@Suite("Allocator: dominant resource fairness and roles")
struct DominantResourceFairnessTests {
    var allocator = Allocator()
    var generator = SplitMix64(seed: 1)

    /// Each offer is answered with one task, as long as any task fits; the counts of tasks by framework.
    private mutating func fill(_ tasks: [FrameworkID: Resources]) -> [FrameworkID: Int] {
        var counts: [FrameworkID: Int] = [:]
        var stopped: Set<FrameworkID> = []
        while stopped.count < tasks.count {
            for offer in allocator.allocate(now: 0, using: &generator) {
                guard let task = tasks[offer.framework], offer.resources.contains(task) else {
                    allocator.recover(offer.resources, from: offer.framework, on: offer.agent)
                    allocator.suppress(offer.framework)
                    stopped.insert(offer.framework)
                    continue
                }
                counts[offer.framework, default: 0] += 1
                allocator.recover(offer.resources - task, from: offer.framework, on: offer.agent)
            }
            if allocator.available(on: "s0").isEmpty { break }
        }
        return counts
    }

    private mutating func twoUsers(cpus: Double, gigabytes: Double) {
        allocator.setAgent("s0", total: resources(cpus, gigabytes * 1000), isActive: true)
        allocator.setFramework("a", info: info("a", role: "a"), isActive: true)
        allocator.setFramework("b", info: info("b", role: "b"), isActive: true)
    }

    @Test("9 cpus and 18 GB: tasks of <1, 4> run 3 times, tasks of <3, 1> twice")
    mutating func paper() {
        twoUsers(cpus: 9, gigabytes: 18)
        #expect(fill(["a": resources(1, 4000), "b": resources(3, 1000)]) == ["a": 3, "b": 2])
        #expect(allocator.held(by: "a")["mem"] == 12_000 && allocator.held(by: "b")["cpus"] == 6)
    }

    @Test("Ten times the cluster runs ten times the tasks")
    mutating func scales() {
        twoUsers(cpus: 90, gigabytes: 180)
        #expect(fill(["a": resources(1, 4000), "b": resources(3, 1000)]) == ["a": 30, "b": 20])
    }

    @Test("A role of twice the weight gets twice the dominant share")
    mutating func weighted() {
        twoUsers(cpus: 90, gigabytes: 90)
        allocator.setWeight(2, of: "b")
        #expect(fill(["a": resources(1, 1000), "b": resources(1, 1000)]) == ["a": 30, "b": 60])
    }

    @Test("Names excluded from fair sharing do not count")
    mutating func excluded() {
        allocator = Allocator(excludedFromShares: ["mem"])
        twoUsers(cpus: 9, gigabytes: 18)
        allocator.charge(resources(1, 17_000), to: "a", on: "s0")
        allocator.charge(resources(2, 0), to: "b", on: "s0")
        #expect(allocator.allocate(now: 0, using: &generator).map(\.framework) == ["a"])
    }

    @Test("A framework in two roles is offered each role's reservation in that role, and what is free once")
    mutating func severalRoles() {
        let total = resources(1, 128) + resources(2, 256, role: "a") + resources(4, 512, role: "b")
        allocator.setAgent("s0", total: total, isActive: true)
        allocator.setFramework("f", info: info("f", roles: ["a", "b"]), isActive: true)
        let offers = allocator.allocate(now: 0, using: &generator)
        #expect(Set(offers.map(\.role)) == ["a", "b"])
        #expect(offers.reduce(into: Resources()) { $0 += $1.resources } == total)
        for offer in offers { #expect(offer.resources.allKinds { $0.role == "*" || $0.role == offer.role }) }
    }

    @Test("Suppression and revival count for the roles named")
    mutating func suppressionPerRole() {
        allocator.setAgent("s0", total: resources(4, 512), isActive: true)
        allocator.setFramework("f", info: info("f", roles: ["a", "b"]), isActive: true)
        allocator.suppress("f", roles: ["a"])
        let first = allocator.allocate(now: 0, using: &generator)
        #expect(first.map(\.role) == ["b"])
        allocator.recover(first[0].resources, from: "f", on: "s0", role: "b", refuseFor: 60, now: 0)
        #expect(allocator.allocate(now: 1, using: &generator).isEmpty)
        allocator.revive("f", roles: ["a"])
        #expect(allocator.allocate(now: 1, using: &generator).map(\.role) == ["a"])
    }

    @Test("A role with quota gets no more than its guarantee needs while others want offers")
    mutating func quotaIsFirstOnlyUpToItsGuarantee() {
        for number in 0..<4 { allocator.setAgent(AgentID("s\(number)"), total: resources(2, 512), isActive: true) }
        allocator.setQuota(resources(4, 0), of: "q")
        allocator.setFramework("q", info: info("q", role: "q"), isActive: true)
        allocator.setFramework("f", info: info("f"), isActive: true)
        let offers = allocator.allocate(now: 0, using: &generator)
        #expect(offers.filter { $0.framework == "q" }.count == 2)
        #expect(offers.filter { $0.framework == "f" }.count == 2)
    }

    @Test("Revocable resources go only to frameworks that take them and never count for a guarantee")
    mutating func revocable() {
        var spare = Resource.scalar("cpus", 8)
        spare.revocable = .init()
        allocator.setAgent("s0", total: resources(2, 512) + Resources([spare]), isActive: true)
        allocator.setQuota(resources(8, 0), of: "q")
        allocator.setFramework("q", info: info("q", role: "q", capabilities: ["REVOCABLE_RESOURCES"]), isActive: true)
        let offers = allocator.allocate(now: 0, using: &generator)
        #expect(offers.first?.resources == resources(2, 512))
        #expect(offers.dropFirst().allSatisfy { $0.resources.allKinds(\.revocable) })
    }

    @Test("An orphan's charges move to its role when the role is known")
    mutating func orphan() {
        allocator.setAgent("s0", total: resources(4, 512), isActive: true)
        allocator.charge(resources(1, 128), to: "f", on: "s0")
        allocator.setFramework("f", info: info("f", role: "a"), isActive: false)
        #expect(allocator.held(by: "a")["cpus"] == 1 && allocator.held(by: "*").isEmpty)
        allocator.recover(resources(1, 128), from: "f", on: "s0")
        #expect(allocator.available(on: "s0") == resources(4, 512))
    }

    @Test("A conversion keeps shares and books")
    mutating func conversion() {
        allocator.setAgent("s0", total: resources(4, 512), isActive: true)
        allocator.setFramework("f", info: info("f", role: "a"), isActive: true)
        _ = allocator.allocate(now: 0, using: &generator)
        allocator.convert(resources(1, 0), into: resources(1, 0, role: "a"), on: "s0", heldBy: "f")
        #expect(allocator.total(of: "s0") == resources(3, 512) + resources(1, 0, role: "a"))
        #expect(allocator.held(by: "a")["cpus"] == 4 && allocator.available(on: "s0").isEmpty)
        allocator.recover(resources(3, 512) + resources(1, 0, role: "a"), from: "f", on: "s0")
        #expect(allocator.available(on: "s0") == resources(3, 512) + resources(1, 0, role: "a"))
    }
}
