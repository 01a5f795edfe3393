import ResourceModel
import Testing

@testable import Allocator

func resources(_ cpus: Double, _ mem: Double, role: String = "*") -> Resources {
    Resources([.scalar("cpus", cpus, role: role), .scalar("mem", mem, role: role)])
}

func info(_ name: String, role: String = "*", roles: [String] = [], capabilities: [String] = []) -> FrameworkInfo {
    var info = FrameworkInfo(user: "root", name: name)
    info.role = role
    info.roles = roles
    info.capabilities = (capabilities + (roles.isEmpty ? [] : ["MULTI_ROLE"])).map(FrameworkInfo.Capability.init)
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
}
