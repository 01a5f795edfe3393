import ResourceModel
import Testing

@testable import Allocator

private func resources(_ cpus: Double, _ mem: Double, role: String = "*") -> Resources {
    Resources([.scalar("cpus", cpus, role: role), .scalar("mem", mem, role: role)])
}

private func info(_ name: String, role: String = "*", capabilities: [String] = []) -> FrameworkInfo {
    var info = FrameworkInfo(user: "root", name: name)
    info.role = role
    info.capabilities = capabilities.map(FrameworkInfo.Capability.init)
    return info
}

@Suite("Allocator")
struct AllocatorTests {
    var allocator = Allocator()
    var generator = SplitMix64(seed: 1)

    @Test("A free agent is offered whole to the only framework")
    mutating func offersWholeAgent() {
        allocator.setAgent("s0", total: resources(4, 1024), isActive: true)
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        let offers = allocator.allocate(now: 0, using: &generator)
        #expect(offers == [.init(framework: "f0", agent: "s0", resources: resources(4, 1024))])
        #expect(allocator.allocate(now: 1, using: &generator).isEmpty)
    }

    @Test("A declined agent is not offered again before its filter ends")
    mutating func filterHolds() {
        allocator.setAgent("s0", total: resources(4, 1024), isActive: true)
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        _ = allocator.allocate(now: 0, using: &generator)
        allocator.recover(resources(4, 1024), from: "f0", on: "s0", refuseFor: 5, now: 0)
        #expect(allocator.allocate(now: 4.9, using: &generator).isEmpty)
        #expect(allocator.allocate(now: 5.1, using: &generator).count == 1)
    }

    @Test("More resources than were refused pass the filter")
    mutating func growthPassesFilter() {
        allocator.setAgent("s0", total: resources(4, 1024), isActive: true)
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        allocator.charge(resources(2, 512), to: "f0", on: "s0")
        let first = allocator.allocate(now: 0, using: &generator)
        #expect(first.map(\.resources) == [resources(2, 512)])
        allocator.recover(resources(2, 512), from: "f0", on: "s0", refuseFor: 60, now: 0)
        #expect(allocator.allocate(now: 1, using: &generator).isEmpty)
        allocator.recover(resources(1, 256), from: "f0", on: "s0")
        #expect(allocator.allocate(now: 1, using: &generator).map(\.resources) == [resources(3, 768)])
    }

    @Test("Revive drops filters and suppression")
    mutating func reviveDropsFilters() {
        allocator.setAgent("s0", total: resources(4, 1024), isActive: true)
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        _ = allocator.allocate(now: 0, using: &generator)
        allocator.recover(resources(4, 1024), from: "f0", on: "s0", refuseFor: 600, now: 0)
        allocator.suppress("f0")
        #expect(allocator.allocate(now: 1, using: &generator).isEmpty)
        allocator.revive("f0")
        #expect(allocator.allocate(now: 1, using: &generator).count == 1)
    }

    @Test("A suppressed or inactive framework and an inactive agent get nothing")
    mutating func inactiveGetNothing() {
        allocator.setAgent("s0", total: resources(4, 1024), isActive: false)
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).isEmpty)
        allocator.setAgent("s0", active: true)
        allocator.suppress("f0")
        #expect(allocator.allocate(now: 0, using: &generator).isEmpty)
        allocator.revive("f0")
        allocator.deactivateFramework("f0")
        #expect(allocator.allocate(now: 0, using: &generator).isEmpty)
    }

    @Test("Reserved resources go only to frameworks of their role")
    mutating func reservedGoToRole() {
        let public_ = resources(4, 1024, role: "slave_public")
        allocator.setAgent("s0", total: public_ + resources(1, 128), isActive: true)
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).map(\.resources) == [resources(1, 128)])
        allocator.setFramework("f1", info: info("f1", role: "slave_public"), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).map(\.resources) == [public_])
    }

    @Test("An agent with GPUs is kept for frameworks that know them")
    mutating func gpusAreKept() {
        allocator.setAgent("s0", total: resources(4, 1024) + Resources([.scalar("gpus", 1)]), isActive: true)
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).isEmpty)
        allocator.setFramework("f1", info: info("f1", capabilities: ["GPU_RESOURCES"]), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).map(\.framework) == ["f1"])
    }

    @Test("The framework with the smaller dominant share goes first")
    mutating func smallerShareFirst() {
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        allocator.setFramework("f1", info: info("f1"), isActive: true)
        allocator.setAgent("s0", total: resources(8, 1024), isActive: true)
        allocator.charge(resources(4, 64), to: "f0", on: "s0")
        allocator.charge(resources(1, 128), to: "f1", on: "s0")
        // Of the role's 5 cpus and 192 MB: f0 has 0.8, f1 0.67.
        #expect(allocator.allocate(now: 0, using: &generator).map(\.framework) == ["f1"])
    }

    @Test("Less than 0.01 cpus and 32 MB is not offered")
    mutating func crumbsStay() {
        allocator.setFramework("f0", info: info("f0"), isActive: true)
        allocator.setAgent("s0", total: resources(0.009, 31.9), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).isEmpty)
        allocator.setAgent("s1", total: resources(0, 32), isActive: true)
        #expect(allocator.allocate(now: 0, using: &generator).map(\.agent) == ["s1"])
    }

    @Test("Random events never allocate more than an agent has", arguments: 0..<60)
    func neverOverAllocates(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        let agents = (0..<5).map { AgentID("s\($0)") }
        let frameworks = (0..<4).map { FrameworkID("f\($0)") }
        var totals: [AgentID: Resources] = [:]
        var outstanding: [Allocator.Allocation] = []
        for step in 0..<400 {
            let now = Double(step) / 10
            switch Int.random(in: 0..<9, using: &generator) {
            case 0:
                guard let id = agents.randomElement(using: &generator), totals[id] == nil else { continue }
                let ports = Resources([.ranges("ports", [1000...1099])])
                totals[id] = resources(Double(Int.random(in: 1...8, using: &generator)), 1024) + ports
                allocator.setAgent(id, total: totals[id] ?? Resources(), isActive: true)
            case 1:
                guard Int.random(in: 0..<4, using: &generator) == 0, let id = agents.randomElement(using: &generator) else { continue }
                totals[id] = nil
                allocator.removeAgent(id)
                outstanding.removeAll { $0.agent == id }
            case 2:
                guard let id = frameworks.randomElement(using: &generator) else { continue }
                allocator.setFramework(id, info: info(id.value, role: ["*", "r"].randomElement(using: &generator) ?? "*"), isActive: true)
            case 3:
                guard let id = frameworks.randomElement(using: &generator) else { continue }
                allocator.deactivateFramework(id)
                for offer in outstanding where offer.framework == id { allocator.recover(offer.resources, from: id, on: offer.agent) }
                outstanding.removeAll { $0.framework == id }
            case 4, 5:
                guard let index = outstanding.indices.randomElement(using: &generator) else { continue }
                let offer = outstanding.remove(at: index)
                // Keep a part, give the rest back.
                let kept = resources(0.5, 64)
                guard offer.resources.contains(kept), Bool.random(using: &generator) else {
                    allocator.recover(
                        offer.resources, from: offer.framework, on: offer.agent,
                        refuseFor: Double(Int.random(in: 0...5, using: &generator)), now: now)
                    continue
                }
                allocator.recover(offer.resources - kept, from: offer.framework, on: offer.agent, refuseFor: 5, now: now)
                outstanding.append(.init(framework: offer.framework, agent: offer.agent, resources: kept))
            case 6:
                guard let id = frameworks.randomElement(using: &generator) else { continue }
                Bool.random(using: &generator) ? allocator.suppress(id) : allocator.revive(id)
            default:
                outstanding += allocator.allocate(now: now, using: &generator)
            }
            for (agent, total) in totals {
                var rest = total
                for allocation in outstanding where allocation.agent == agent {
                    #expect(rest.contains(allocation.resources), "seed \(seed), step \(step), \(agent)")
                    rest -= allocation.resources
                }
                #expect(rest == allocator.available(on: agent), "seed \(seed), step \(step), \(agent)")
            }
        }
    }

    @Test("Nobody starves: with everybody declining, each framework is asked once a round", arguments: 0..<40)
    func nobodyStarves(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        let frameworks = (0..<6).map { FrameworkID("f\($0)") }
        for id in frameworks {
            allocator.setFramework(id, info: info(id.value, role: ["*", "a", "b"].randomElement(using: &generator) ?? "*"), isActive: true)
        }
        allocator.setAgent("s0", total: resources(4, 1024), isActive: true)
        // Some hold much elsewhere: the order by share alone would ask them last, always.
        allocator.setAgent("s1", total: resources(100, 10240), isActive: false)
        for id in frameworks where Bool.random(using: &generator) {
            allocator.charge(resources(Double(Int.random(in: 1...10, using: &generator)), 64), to: id, on: "s1")
        }
        var asked: [FrameworkID] = []
        for round in 0..<60 {
            for offer in allocator.allocate(now: Double(round), using: &generator) {
                asked.append(offer.framework)
                allocator.recover(
                    offer.resources, from: offer.framework, on: offer.agent, refuseFor: 1, now: Double(round))
            }
        }
        for start in stride(from: 0, to: asked.count - 2 * frameworks.count, by: 1) {
            let window = Set(asked[start..<(start + 2 * frameworks.count)])
            #expect(window.count == frameworks.count, "seed \(seed): \(asked)")
        }
    }
}
