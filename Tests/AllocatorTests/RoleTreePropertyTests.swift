import ResourceModel
import Testing

@testable import Allocator

/// What holds for every course of events in a tree of roles; a failure names its seed.
@Suite("Allocator: properties of trees and limits")
struct RoleTreePropertyTests {
    private static let roles = ["*", "a", "a/x", "a/y", "a/x/deep", "b", "b/z"]

    @Test("No role ever has more than its limit", arguments: 0..<60)
    func limitsHold(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        for number in 0..<6 {
            let reserved = number % 3 == 0 ? resources(1, 64, role: "a/x") : Resources()
            let total = resources(Double(Int.random(in: 1...8, using: &generator)), 1024) + reserved
            allocator.setAgent(AgentID("s\(number)"), total: total, isActive: true)
        }
        let frameworks = Self.roles.indices.map { FrameworkID("f\($0)") }
        for (id, role) in zip(frameworks, Self.roles) { allocator.setFramework(id, info: info(id.value, role: role), isActive: true) }
        // Before anything is given away, so that nothing exceeds them from the start.
        let limits: [String: Double] = [
            "a": Double(Int.random(in: 3...9, using: &generator)), "b": Double(Int.random(in: 0...5, using: &generator)),
        ]
        for (role, limit) in limits {
            let guarantee = Bool.random(using: &generator) ? resources(min(2, limit), 0) : nil
            allocator.setQuota(guarantee, limits: ["cpus": limit], of: role)
        }
        var outstanding: [Allocator.Allocation] = []
        for step in 0..<200 {
            let now = Double(step)
            if step % 2 == 0 {
                outstanding += allocator.allocate(now: now, using: &generator)
            } else if let index = outstanding.indices.randomElement(using: &generator) {
                let offer = outstanding.remove(at: index)
                allocator.recover(
                    offer.resources, from: offer.framework, on: offer.agent, role: offer.role,
                    refuseFor: Double(Int.random(in: 0...3, using: &generator)), now: now)
            }
            for (role, limit) in limits {
                // Counted anew, from the offers alone.
                let held = outstanding.filter { $0.role == role || $0.role.hasPrefix(role + "/") }
                    .reduce(into: Resources()) { $0 += $1.resources }.filter { $0.role == "*" }.cpus
                let reserved = role == "a" ? 2.0 : 0
                #expect(held + reserved <= limit, "seed \(seed), step \(step), \(role)")
                #expect(allocator.consumed(by: role)["cpus"] == held + reserved, "seed \(seed), step \(step), \(role)")
            }
        }
    }

    @Test("At every level siblings that want everything differ by no more than one task", arguments: 0..<40)
    func treesAreFair(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        // One task an agent.
        let count = Int.random(in: 8...40, using: &generator)
        for number in 0..<count { allocator.setAgent(AgentID("s\(number)"), total: resources(1, 32), isActive: true) }
        let leaves = Self.roles.dropFirst().shuffled(using: &generator).prefix(Int.random(in: 2...6, using: &generator))
        for role in leaves { allocator.setFramework(FrameworkID(role), info: info(role, role: role), isActive: true) }
        var held: [String: Double] = [:]
        for allocation in allocator.allocate(now: 0, using: &generator) {
            held[allocation.role, default: 0] += allocation.resources.cpus
        }
        func amount(_ name: String) -> Double { held.filter { $0.key == name || $0.key.hasPrefix(name + "/") }.values.reduce(0, +) }
        func check(_ parent: String?) {
            let below = leaves.filter { parent == nil || $0.hasPrefix((parent ?? "") + "/") }
            let start = parent.map { $0.count + 1 } ?? 0
            let children = Set(
                below.map { name in
                    let rest = name.dropFirst(start)
                    return String(name.prefix(start)) + String(rest.prefix { $0 != "/" })
                })
            var amounts = children.map(amount)
            if let parent, leaves.contains(parent) { amounts.append(held[parent] ?? 0) }
            if let least = amounts.min(), let most = amounts.max() {
                #expect(most - least <= 1, "seed \(seed), below \(parent ?? "the root"): \(held)")
            }
            for child in children where leaves.contains(where: { $0.hasPrefix(child + "/") }) { check(child) }
        }
        check(nil)
    }

    @Test("Nobody in the tree starves: with everybody declining, each is asked once a round", arguments: 0..<40)
    func nobodyStarves(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        allocator.setAgent("s", total: resources(4, 1024), isActive: true)
        let roles = Self.roles.shuffled(using: &generator)
        for role in roles { allocator.setFramework(FrameworkID(role), info: info(role, role: role), isActive: true) }
        for round in 0..<3 {
            var asked: Set<FrameworkID> = []
            for step in roles.indices {
                let now = Double(round * 100 + step)
                for offer in allocator.allocate(now: now, using: &generator) {
                    asked.insert(offer.framework)
                    allocator.recover(offer.resources, from: offer.framework, on: offer.agent, role: offer.role, refuseFor: 0, now: now)
                }
            }
            #expect(asked.count == roles.count, "seed \(seed), round \(round): \(asked)")
        }
    }
}
