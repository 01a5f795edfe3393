import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: UPDATE_FRAMEWORK and suppressed roles")
struct FrameworkUpdateTests {
    var master: MasterHarness

    init() throws { master = try MasterHarness() }

    private mutating func update(
        _ id: FrameworkID, roles: [String], suppressed: [String] = [], _ change: (inout FrameworkInfo) -> Void = { _ in }
    ) -> Reply? {
        var info = master.frameworks[id]?.info ?? FrameworkInfo(user: "", name: "")
        info.roles = roles
        change(&info)
        return master.call(.updateFramework, id, stream: "s") {
            $0.update_framework = .init(framework_info: info, suppressed_roles: suppressed)
        }
    }

    @Test("A role that is suppressed in SUBSCRIBE gets no offers until it is revived")
    mutating func suppressedAtSubscription() throws {
        _ = try master.addAgent(1)
        let id = try master.subscribe("s", roles: ["a", "b"], suppressed: ["a", "b"])
        #expect(master.offers("s").isEmpty)
        master.call(.revive, id, stream: "s") { $0.revive = .init(roles: ["b"]) }
        #expect(master.offers("s").map { $0.allocation_info?.role } == ["b"])
    }

    @Test("A suppressed role must be one of the framework's")
    mutating func foreignSuppressedRole() throws {
        #expect(throws: MasterHarness.Failure.self) { try master.subscribe("s", roles: ["a"], suppressed: ["b"]) }
        #expect(master.events["s"]?.first?.error?.message.contains("{ b }") == true)
    }

    @Test("New roles are stored, then offered to; offers in a role that is left are rescinded")
    mutating func rolesChange() throws {
        _ = try master.addAgent(1)
        let id = try master.subscribe("s", roles: ["a"])
        let first = try #require(master.offers("s").first)
        #expect(update(id, roles: ["b"]) == .ok)
        #expect(master.frameworks[id]?.info.roles == ["b"])
        #expect(master.events["s"]?.contains { $0.rescind?.offer_id == first.id } == true)
        #expect(master.offers("s").map { $0.allocation_info?.role } == ["b"])
    }

    @Test("Suppressing by update stops offers in that role only")
    mutating func suppressionByUpdate() throws {
        let id = try master.subscribe("s", roles: ["a", "b"])
        #expect(update(id, roles: ["a", "b"], suppressed: ["a"]) == .ok)
        _ = try master.addAgent(1)
        #expect(master.offers("s").map { $0.allocation_info?.role } == ["b"])
    }

    @Test("User, principal and checkpoint cannot be changed")
    mutating func fixedFields() throws {
        let id = try master.subscribe("s", roles: ["a"])
        #expect(update(id, roles: ["a"]) { $0.user = "other" }?.message.contains("'FrameworkInfo.user'") == true)
        #expect(update(id, roles: ["a"]) { $0.principal = "other" }?.status == 400)
        #expect(update(id, roles: ["a"]) { $0.checkpoint.toggle() }?.status == 400)
        #expect(update(id, roles: ["a", "/b"])?.status == 400)
        #expect(update(id, roles: ["a"], suppressed: ["c"])?.status == 400)
        #expect(update(id, roles: ["a"]) { $0.name = "renamed" } == .ok)
        #expect(master.frameworks[id]?.name == "renamed")
    }
}
