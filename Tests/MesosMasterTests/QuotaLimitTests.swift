import Allocator
import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: quota limits")
struct QuotaLimitTests {
    var master: MasterHarness

    init() throws { master = try MasterHarness() }

    private mutating func update(
        _ role: String = "dev", guarantees: [String: Double] = [:], limits: [String: Double] = [:], force: Bool = false
    ) -> Reply? {
        let config = QuotaConfig(
            role: role, guarantees: guarantees.mapValues { ScalarValue(value: $0) }, limits: limits.mapValues { ScalarValue(value: $0) })
        master.take(.operatorCalled(900, .updateQuotas([config], force: force), principal: nil))
        return master.replies[900]
    }

    @Test("A limit is stored, shown and kept to")
    mutating func limit() throws {
        #expect(update(limits: ["cpus": 3]) == .ok)
        #expect(master.quotas.limits["dev"]?["cpus"]?.value == 3)
        #expect(OperatorView(machine: master.machine).quotas.configs == [QuotaConfig(role: "dev", limits: ["cpus": .init(value: 3)])])
        _ = try master.addAgent(1)
        _ = try master.addAgent(2)
        _ = try master.subscribe("s", role: "dev/web")
        #expect(master.offers("s").reduce(0) { $0 + Resources($1.resources).cpus } == 3)
    }

    @Test("A new limit takes offers back that exceed it")
    mutating func rescinds() throws {
        _ = try master.addAgent(1)
        _ = try master.subscribe("s", role: "dev")
        #expect(master.offers("s").map { Resources($0.resources).cpus } == [4])
        #expect(update(limits: ["cpus": 1]) == .ok)
        #expect(master.events["s"]?.contains { $0.type == .rescind } == true)
        #expect(master.offers("s").map { Resources($0.resources).cpus } == [1])
    }

    @Test("A limit below what is used needs force")
    mutating func consumed() throws {
        _ = try master.addAgent(1)
        let id = try master.subscribe("s", role: "dev")
        let offer = try #require(master.offers("s").first)
        var task = TaskInfo(name: "t", task_id: "t", agent_id: offer.agent_id, resources: [.scalar("cpus", 2)])
        task.command = CommandInfo(shell: "sleep 1")
        master.call(.accept, id, stream: "s") { $0.accept = .init(offer_ids: [offer.id], operations: [.launch([task])]) }
        #expect(update(limits: ["cpus": 1])?.status == 400)
        #expect(update(limits: ["cpus": 1], force: true) == .ok)
    }

    @Test("Invalid configurations are answered with 400, and nothing is stored")
    mutating func invalid() {
        #expect(update("*", limits: ["cpus": 1])?.status == 400)
        #expect(update("a/b", limits: ["cpus": 1])?.status == 400)
        #expect(update(limits: ["cpus": -1])?.status == 400)
        #expect(update(limits: ["mem": 1e13])?.status == 400)
        #expect(update(guarantees: ["cpus": 2], limits: ["cpus": 1], force: true)?.status == 400)
        #expect(update(guarantees: ["cpus": 2])?.status == 400, "more than the empty cluster has")
        #expect(master.quotas == QuotasRecord())
    }

    @Test("A configuration without guarantees and limits removes the quota")
    mutating func reset() {
        #expect(update(guarantees: ["cpus": 1], limits: ["cpus": 3], force: true) == .ok)
        #expect(update() == .ok)
        #expect(master.quotas == QuotasRecord() && master.machine.roles.rolesWithQuota.isEmpty)
    }

    @Test("Limits outlive their master")
    mutating func takeover() throws {
        #expect(update(limits: ["cpus": 3]) == .ok)
        var second = try MasterHarness(leads: false)
        second.take(.mirror(KernelBatch(changes: [.quotas(master.quotas)], isSnapshot: true)))
        second.lead(epoch: 9)
        _ = try second.addAgent(1)
        _ = try second.subscribe("s", role: "dev")
        #expect(second.offers("s").map { Resources($0.resources).cpus } == [3])
    }
}
