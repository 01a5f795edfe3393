import ResourceModel
import Testing

@testable import Allocator

/// What holds for every course of events; a failure names its seed.
@Suite("Allocator: properties")
struct AllocatorPropertyTests {
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
            switch Int.random(in: 0..<10, using: &generator) {
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
                let several = Int.random(in: 0..<3, using: &generator) == 0 ? ["a", "b"] : []
                allocator.setFramework(
                    id, info: info(id.value, role: id == "f0" ? "r" : "*", roles: id == "f1" ? ["r", "a"] : several), isActive: true)
            case 3:
                guard let id = frameworks.randomElement(using: &generator) else { continue }
                allocator.deactivateFramework(id)
                for offer in outstanding where offer.framework == id {
                    allocator.recover(offer.resources, from: id, on: offer.agent, role: offer.role)
                }
                outstanding.removeAll { $0.framework == id }
            case 4, 5:
                guard let index = outstanding.indices.randomElement(using: &generator) else { continue }
                let offer = outstanding.remove(at: index)
                // Keep a part, give the rest back.
                let kept = resources(0.5, 64)
                guard offer.resources.contains(kept), Bool.random(using: &generator) else {
                    allocator.recover(
                        offer.resources, from: offer.framework, on: offer.agent, role: offer.role,
                        refuseFor: Double(Int.random(in: 0...5, using: &generator)), now: now)
                    continue
                }
                allocator.recover(
                    offer.resources - kept, from: offer.framework, on: offer.agent, role: offer.role, refuseFor: 5, now: now)
                outstanding.append(.init(framework: offer.framework, agent: offer.agent, role: offer.role, resources: kept))
            case 6:
                let role = ["*", "r", "a"].randomElement(using: &generator) ?? "*"
                let amount = Double(Int.random(in: 0...6, using: &generator))
                allocator.setQuota(amount == 0 ? nil : resources(amount, amount * 128), of: role)
                allocator.setWeight(amount + 0.5, of: role)
            case 7:
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
                    offer.resources, from: offer.framework, on: offer.agent, role: offer.role, refuseFor: 1, now: Double(round))
            }
        }
        for start in stride(from: 0, to: asked.count - 2 * frameworks.count, by: 1) {
            let window = Set(asked[start..<(start + 2 * frameworks.count)])
            #expect(window.count == frameworks.count, "seed \(seed): \(asked)")
        }
    }

    @Test("What is held is the sum of what is allocated, whatever happened", arguments: 0..<40)
    func booksAreConsistent(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        for number in 0..<4 { allocator.setAgent(AgentID("s\(number)"), total: resources(4, 1024), isActive: true) }
        for step in 0..<200 {
            let id = FrameworkID("f\(Int.random(in: 0..<3, using: &generator))")
            let agent = AgentID("s\(Int.random(in: 0..<4, using: &generator))")
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: allocator.charge(resources(1, 100), to: id, on: agent, role: ["a", "b"].randomElement(using: &generator))
            case 1: allocator.recover(resources(0.7, 60), from: id, on: agent, refuseFor: 1, now: Double(step))
            case 2: allocator.setFramework(id, info: info(id.value, role: "a"), isActive: true)
            case 3: allocator.setFramework(id, info: info(id.value, roles: ["a", "b"]), isActive: true)
            case 4: allocator.removeFramework(id)
            default: _ = allocator.allocate(now: Double(step), using: &generator)
            }
            let allocated = allocator.agents.values.reduce(into: [Allocator.Client: Resources]()) { sums, agent in
                for (client, resources) in agent.allocated { sums[client, default: Resources()] += resources }
            }
            for (client, resources) in allocated {
                let held = allocator.roles[client.role]?.members[client.framework]?.held
                #expect(held == Quantities(resources), "seed \(seed), step \(step), \(client)")
            }
            let sum = allocator.knownRoles.reduce(into: Quantities()) { $0 += allocator.held(by: $1) }
            #expect(sum == allocated.values.reduce(into: Quantities()) { $0 += Quantities($1) }, "seed \(seed), step \(step)")
        }
    }

    @Test("A guarantee is kept free from greedy roles and given in one run", arguments: 0..<60)
    func guaranteesHold(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        let count = Int.random(in: 4...20, using: &generator)
        for number in 0..<count {
            allocator.setAgent(
                AgentID("s\(number)"), total: resources(Double(Int.random(in: 1...8, using: &generator)), 1024), isActive: true)
        }
        let total = allocator.clusterTotal
        let part = Double(Int.random(in: 1...90, using: &generator)) / 100
        let guarantee = resources((total["cpus"] * part).rounded(), (total["mem"] * part).rounded())
        allocator.setQuota(guarantee, of: "q")
        allocator.setFramework("greedy", info: info("greedy", role: "other"), isActive: true)
        allocator.setFramework("modest", info: info("modest"), isActive: true)
        for now in 0..<5 { _ = allocator.allocate(now: Double(now), using: &generator) }
        let others = allocator.held(by: "other") + allocator.held(by: "*")
        #expect((total - others).contains(Quantities(guarantee)), "seed \(seed)")
        allocator.setFramework("late", info: info("late", role: "q"), isActive: true)
        _ = allocator.allocate(now: 9, using: &generator)
        #expect(allocator.held(by: "q").contains(Quantities(guarantee)), "seed \(seed)")
    }

    @Test("Weighted dominant shares differ by no more than one task while everybody still fits", arguments: 0..<60)
    func sharesAreFair(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        let total = resources(200, 200_000)
        allocator.setAgent("s0", total: total, isActive: true)
        var tasks: [FrameworkID: Resources] = [:]
        var largest = 0.0
        for number in 0..<Int.random(in: 2...6, using: &generator) {
            let id = FrameworkID("f\(number)")
            let cpus = Double(Int.random(in: 1...6, using: &generator))
            let gigabytes = Double(Int.random(in: 1...6, using: &generator))
            let weight = Double(Int.random(in: 1...4, using: &generator))
            tasks[id] = resources(cpus, gigabytes * 1000)
            largest = max(largest, max(cpus, gigabytes) / 200 / weight)
            allocator.setWeight(weight, of: "r\(number)")
            allocator.setFramework(id, info: info(id.value, role: "r\(number)"), isActive: true)
        }
        fill: while true {
            for offer in allocator.allocate(now: 0, using: &generator) {
                guard let task = tasks[offer.framework], offer.resources.contains(task) else { break fill }
                allocator.recover(offer.resources - task, from: offer.framework, on: offer.agent, role: offer.role)
            }
            let shares = tasks.keys.map { id -> Double in
                let role = "r\(id.value.dropFirst())"
                return allocator.dominantShare(of: role) / allocator.weight(of: role)
            }
            #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= largest + 1e-9, "seed \(seed): \(shares)")
        }
    }

    @Test("Nothing that fits into what was refused is allocated before the filter ends", arguments: 0..<40)
    func filtersAreHonoured(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var allocator = Allocator()
        var filters: [(offer: Allocator.Allocation, refused: Resources, until: Double)] = []
        for number in 0..<3 { allocator.setAgent(AgentID("s\(number)"), total: resources(8, 4096), isActive: true) }
        for number in 0..<4 {
            allocator.setFramework(FrameworkID("f\(number)"), info: info("f", roles: number < 2 ? ["a"] : ["a", "b"]), isActive: true)
        }
        for step in 0..<300 {
            let now = Double(step) / 4
            if Int.random(in: 0..<20, using: &generator) == 0 {
                let id = FrameworkID("f\(Int.random(in: 0..<4, using: &generator))")
                allocator.revive(id, roles: ["a"])
                filters.removeAll { $0.offer.framework == id && $0.offer.role == "a" }
            }
            for offer in allocator.allocate(now: now, using: &generator) {
                for filter in filters
                where filter.until > now && filter.offer.framework == offer.framework && filter.offer.agent == offer.agent
                    && filter.offer.role == offer.role
                {
                    #expect(!filter.refused.contains(offer.resources), "seed \(seed), step \(step)")
                }
                let kept = resources(Double(Int.random(in: 0...2, using: &generator)), 32)
                let refused = offer.resources.contains(kept) ? offer.resources - kept : offer.resources
                let seconds = Double(Int.random(in: 0...20, using: &generator))
                allocator.recover(refused, from: offer.framework, on: offer.agent, role: offer.role, refuseFor: seconds, now: now)
                if seconds > 0 { filters.append((offer, refused, now + seconds)) }
                if offer.resources.contains(kept), Bool.random(using: &generator) {
                    allocator.recover(kept, from: offer.framework, on: offer.agent, role: offer.role)
                }
            }
        }
    }
}
