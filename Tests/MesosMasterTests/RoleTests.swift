import Allocator
import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: roles")
struct RoleTests {
    var master: MasterHarness

    init() throws { master = try MasterHarness() }

    private mutating func operate(_ change: OperatorRequest) -> Reply? {
        master.take(.operatorCalled(900, change, principal: "ops"))
        return master.replies[900]
    }

    private func quota(_ role: String?, cpus: Double, force: Bool = false) -> OperatorRequest {
        .setQuota(QuotaRequest(role: role, guarantee: [.scalar("cpus", cpus)], force: force))
    }

    @Test("A quota is stored, then in force, and refused a second time; then it can be removed")
    mutating func setAndRemove() throws {
        _ = try master.addAgent(1)
        #expect(operate(quota("prod", cpus: 3)) == .ok)
        #expect(master.quotas.quotas["prod"]?.principal == "ops")
        #expect(master.machine.roles.quotas["prod"] != nil)
        #expect(operate(quota("prod", cpus: 1))?.status == 400)
        #expect(operate(.removeQuota(role: "prod")) == .ok)
        #expect(master.quotas.quotas.isEmpty && master.machine.roles.quotas.isEmpty)
        #expect(operate(.removeQuota(role: "prod"))?.status == 400)
    }

    @Test("More than the cluster has is answered with 409 unless forced; all guarantees count together")
    mutating func capacity() throws {
        _ = try master.addAgent(1)
        #expect(operate(quota("a", cpus: 3)) == .ok)
        #expect(operate(quota("b", cpus: 2))?.status == 409)
        #expect(operate(quota("b", cpus: 2, force: true)) == .ok)
    }

    @Test("Invalid quotas are answered with 400")
    mutating func invalidQuotas() {
        var reserved = Resource.scalar("cpus", 1, role: "x")
        for guarantee in [[], [.ranges("ports", [1...2])], [reserved], [.scalar("cpus", 0)], [.scalar("cpus", 1), .scalar("cpus", 1)]] {
            #expect(operate(.setQuota(QuotaRequest(role: "prod", guarantee: guarantee, force: true)))?.status == 400)
        }
        reserved.role = "*"
        reserved.revocable = .init()
        #expect(operate(.setQuota(QuotaRequest(role: "prod", guarantee: [reserved], force: true)))?.status == 400)
        for role in ["", "*", "a/b", nil] { #expect(operate(quota(role, cpus: 1, force: true))?.status == 400) }
        #expect(master.quotas.quotas.isEmpty)
    }

    @Test("A new quota takes offers back until its guarantee is covered, and the role gets them")
    mutating func quotaRescinds() throws {
        for number in 1...3 { _ = try master.addAgent(number) }
        _ = try master.subscribe("s")
        _ = try master.subscribe("p", role: "prod")
        #expect(master.offers("s").count == 3)
        #expect(operate(quota("prod", cpus: 5)) == .ok)
        #expect(master.offers("s").count == 1 && master.offers("p").count == 2)
    }

    @Test("Quotas and weights outlive their master; allocation waits for four fifths of the agents")
    mutating func takeover() throws {
        for number in 1...5 { _ = try master.addAgent(number) }
        #expect(operate(quota("prod", cpus: 4)) == .ok)
        #expect(operate(.setWeights([WeightInfo(role: "prod", weight: 2.5)])) == .ok)
        var second = try MasterHarness(leads: false) { $0.weights = ["prod": 9, "dev": 3] }
        let agents = master.agents.values.sorted { $0.agent_id < $1.agent_id }
        second.take(
            .mirror(
                KernelBatch(
                    changes: agents.map { .agent($0.agent_id, $0, zxid: 3) } + [.quotas(master.quotas), .weights(master.weights)],
                    isSnapshot: true)))
        second.lead(epoch: 9)
        #expect(second.machine.roles.quotas.keys.sorted() == ["prod"])
        #expect(second.machine.allocator.weight(of: "prod") == 2.5 && second.machine.allocator.weight(of: "dev") == 3)
        _ = try second.subscribe("p", role: "prod")
        for number in 1...5 {
            let id = agents[number - 1].agent_id
            second.live(id)
            second.subscribeAgent(number, id: id)
            second.pass(1)
            #expect(second.offers("p").isEmpty == (number < 4))
        }
    }

    @Test("Allocation does not wait longer than ten minutes")
    mutating func quotaWaitEnds() throws {
        let (id, _) = try master.addAgent(1)
        let (other, _) = try master.addAgent(2)
        #expect(operate(quota("prod", cpus: 4)) == .ok)
        var second = try MasterHarness(leads: false)
        let records = [id, other].compactMap { master.agents[$0] }
        second.take(
            .mirror(KernelBatch(changes: records.map { .agent($0.agent_id, $0, zxid: 3) } + [.quotas(master.quotas)], isSnapshot: true)))
        second.lead(epoch: 9)
        second.live(id)
        second.subscribeAgent(1, id: id)
        _ = try second.subscribe("p", role: "prod")
        second.pass(590)
        #expect(second.offers("p").isEmpty)
        second.pass(20)
        #expect(second.offers("p").count == 1)
    }

    @Test("Weights: stored, in force; offers are taken back when a role with frameworks changes")
    mutating func weights() throws {
        _ = try master.addAgent(1)
        _ = try master.subscribe("s", role: "dev")
        let first = master.offers("s").map(\.id)
        #expect(operate(.setWeights([WeightInfo(role: "other", weight: 2)])) == .ok)
        #expect(master.offers("s").map(\.id) == first)
        #expect(operate(.setWeights([WeightInfo(role: "dev", weight: 0.5)])) == .ok)
        #expect(master.offers("s").count == 1 && master.offers("s").map(\.id) != first)
        #expect(master.weights.weights == ["other": 2, "dev": 0.5])
        for weight in [0, -1, Double.infinity] {
            #expect(operate(.setWeights([WeightInfo(role: "dev", weight: weight)]))?.status == 400)
        }
        #expect(operate(.setWeights([WeightInfo(role: "a b", weight: 1)]))?.status == 400)
    }

    @Test("Roles outside --roles are refused everywhere")
    mutating func whitelist() throws {
        master = try MasterHarness { $0.roles = ["prod"] }
        _ = try master.addAgent(1)
        #expect(throws: MasterHarness.Failure.self) { _ = try master.subscribe("s", role: "dev") }
        #expect(master.events["s"]?.first?.error?.message == "Role 'dev' is not present in the master's --roles")
        #expect(operate(quota("dev", cpus: 1))?.status == 400)
        #expect(operate(.setWeights([WeightInfo(role: "dev", weight: 1)]))?.status == 400)
        #expect(operate(quota("prod", cpus: 1)) == .ok)
    }

    @Test("A framework in several roles: offers and tasks name their role, REVIVE and SUPPRESS count for the roles named")
    mutating func severalRoles() throws {
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s", roles: ["a", "b"])
        let offer = try #require(master.offers("s").first)
        #expect(offer.allocation_info?.role == "a" && offer.resources.allSatisfy { $0.allocation_info?.role == "a" })
        master.launch([master.task("t", on: agent)], [offer], framework, stream: "s", refuse: 600)
        #expect(master.commands(link, .launch).first?.tasks?.first?.resources.first?.allocation_info?.role == "a")
        #expect(master.machine.allocator.held(by: "a")["cpus"] == 1)
        master.call(.suppress, framework, stream: "s") { $0.suppress = .init(roles: ["b"]) }
        master.pass(2)
        #expect(master.offers("s").isEmpty)
        master.call(.revive, framework, stream: "s") { $0.revive = .init(roles: ["b"]) }
        #expect(master.offers("s").map { $0.allocation_info?.role } == ["b"])
        master.report(agent, framework, "t", .finished)
        #expect(master.machine.allocator.held(by: "a").isEmpty)
    }
}
