import Allocator
import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: reservations and volumes")
struct ReservationTests {
    static let total: [Resource] = [.scalar("cpus", 4), .scalar("mem", 1024), .scalar("disk", 500)]
    var master: MasterHarness
    let agent: AgentID
    let link: LinkID

    init() throws {
        master = try MasterHarness()
        (agent, link) = try master.addAgent(1, resources: Self.total)
    }

    static func reserved(_ name: String, _ value: Double, role: String = "kafka") -> Resource {
        var resource = Resource.scalar(name, value, role: role)
        resource.reservation = .init(principal: "ops")
        return resource
    }

    static func volume(_ value: Double) -> Resource {
        var resource = reserved("disk", value)
        resource.disk = .init(persistence: .init(id: "v1"), volume: Volume(container_path: "data", mode: "RW"))
        return resource
    }

    private mutating func operate(_ change: OperatorRequest, principal: String? = nil) -> Reply? {
        master.take(.operatorCalled(900, change, principal: principal))
        return master.replies[900]
    }

    private mutating func accept(_ operations: [ResourceModel.Operation], _ framework: FrameworkID) {
        let ids = master.offers("s").map(\.id)
        master.call(.accept, framework, stream: "s") { $0.accept = .init(offer_ids: ids, operations: operations) }
    }

    private func checkpointed() -> Resources { Resources(master.agents[agent]?.checkpointed_resources ?? []) }

    @Test("An operator's reservation is stored, told to the agent and offered to its role only")
    mutating func reserve() throws {
        let reservation = [Self.reserved("cpus", 2)]
        #expect(operate(.reserve(agent, reservation)) == .accepted)
        #expect(checkpointed() == Resources(reservation))
        #expect(master.commands(link, .checkpointResources).map { Resources($0.resources ?? []) } == [Resources(reservation)])
        _ = try master.subscribe("s")
        #expect(master.offers("s").map { Resources($0.resources).cpus } == [2])
        _ = try master.subscribe("k", role: "kafka")
        #expect(master.offers("k").map { Resources($0.resources) } == [Resources(reservation)])
        #expect(operate(.unreserve(agent, reservation)) == .accepted)
        #expect(checkpointed().isEmpty && master.machine.agents[agent]?.total == Resources(Self.total))
        #expect(master.offers("k").isEmpty)
    }

    @Test("Offers are taken back for an operator; what tasks use is not")
    mutating func rescindsOffers() throws {
        let framework = try master.subscribe("s")
        #expect(master.offers("s").count == 1)
        #expect(operate(.reserve(agent, [Self.reserved("cpus", 2)])) == .accepted)
        #expect(master.offers("s").isEmpty && master.events["s"]?.contains { $0.type == .rescind } == true)
        master.pass(6)
        master.launch([master.task("t", on: agent, cpus: 1.5)], master.offers("s"), framework, stream: "s")
        #expect(operate(.reserve(agent, [Self.reserved("cpus", 1)]))?.status == 409)
        #expect(operate(.reserve(agent, [Self.reserved("cpus", 0.5)])) == .accepted)
        #expect(master.machine.allocator.total(of: agent).scalarThousandths == Resources(Self.total).scalarThousandths)
    }

    @Test("What is invalid is answered with 400 and changes nothing")
    mutating func invalid() {
        #expect(operate(.reserve("x", [Self.reserved("cpus", 1)])) == .bad("No agent found with specified ID"))
        #expect(operate(.reserve(agent, [.scalar("cpus", 1)]))?.message.hasPrefix("Invalid RESERVE operation: ") == true)
        #expect(operate(.reserve(agent, [Self.reserved("cpus", 1)]), principal: "other")?.status == 400)
        #expect(operate(.destroyVolumes(agent, [Self.volume(1)]))?.message.hasPrefix("Invalid DESTROY operation: ") == true)
        #expect(operate(.createVolumes(agent, [Self.volume(1)]))?.status == 409)
        #expect(checkpointed().isEmpty && master.commands(link, .checkpointResources).isEmpty)
    }

    @Test("A reservation in flight is offered to nobody")
    mutating func heldInFlight() throws {
        master.holdsCommits = true
        master.take(.operatorCalled(1, .reserve(agent, [Self.reserved("cpus", 4), Self.reserved("mem", 1024)]), principal: nil))
        #expect(master.replies[1] == nil && master.commands(link, .checkpointResources).isEmpty)
        let held = master.heldCommits
        master.holdsCommits = false
        _ = try master.subscribe("s")
        #expect(master.offers("s").isEmpty)
        for id in held { master.take(.committed(id)) }
        #expect(master.replies[1] == .accepted)
    }

    @Test("A reservation that cannot be stored leaves everything as it was")
    mutating func failedWrite() {
        master.holdsCommits = true
        master.take(.operatorCalled(1, .reserve(agent, [Self.reserved("cpus", 4)]), principal: nil))
        for id in master.heldCommits { master.take(.commitFailed(id)) }
        #expect(master.replies[1]?.status == 503)
        #expect(master.machine.agents[agent]?.record.checkpointed_resources == [])
        #expect(master.machine.allocator.available(on: agent) == Resources(Self.total))
    }

    @Test("RESERVE, CREATE and LAUNCH in one ACCEPT: stored, then checkpointed, then launched")
    mutating func reserveCreateLaunch() throws {
        let framework = try master.subscribe("s", role: "kafka")
        var task = master.task("t", on: agent)
        task.resources = [Self.reserved("cpus", 1), .scalar("mem", 128), Self.volume(64)]
        accept([.reserve([Self.reserved("cpus", 1), Self.reserved("disk", 64)]), .create([Self.volume(64)]), .launch([task])], framework)
        #expect(checkpointed() == Resources([Self.reserved("cpus", 1), Self.volume(64)]))
        #expect(master.commands[link]?.map(\.type).suffix(2) == [.checkpointResources, .launch])
        #expect(master.updates("s").isEmpty)
        master.report(agent, framework, "t", .finished)
        master.pass(6)
        let offered = master.offers("s").reduce(into: Resources()) { $0 += Resources($1.resources) }
        #expect(offered.contains(Resources([Self.volume(64), Self.reserved("cpus", 1)])))
        #expect(offered.scalarThousandths == Resources(Self.total).scalarThousandths)
    }

    @Test("Nothing of an ACCEPT is told before its reservations are stored")
    mutating func waitsForStore() throws {
        let framework = try master.subscribe("s", role: "kafka")
        let before = master.commands[link]?.count
        master.holdsCommits = true
        var task = master.task("t", on: agent)
        task.resources = [Self.reserved("cpus", 1)]
        accept([.reserve([Self.reserved("cpus", 1)]), .launch([task])], framework)
        #expect(master.commands[link]?.count == before)
        for id in master.heldCommits { master.take(.committed(id)) }
        #expect(master.commands[link]?.map(\.type).suffix(2) == [.checkpointResources, .launch])
    }

    @Test("A framework cannot reserve for another role; what needs it fails by itself")
    mutating func foreignRole() throws {
        let framework = try master.subscribe("s", role: "spark")
        var task = master.task("t", on: agent)
        task.resources = [Self.reserved("cpus", 1)]
        accept([.reserve([Self.reserved("cpus", 1)]), .launch([task, master.task("u", on: agent)])], framework)
        #expect(checkpointed().isEmpty)
        #expect(master.updates("s").map(\.task_id) == ["t"] && master.updates("s").first?.state == .error)
        #expect(master.commands(link, .launch).first?.tasks?.map(\.task_id) == ["u"])
    }

    @Test("A second master knows the reservations, and tells an agent that missed them")
    mutating func takeover() throws {
        #expect(operate(.reserve(agent, [Self.reserved("cpus", 2), Self.reserved("disk", 100)])) == .accepted)
        #expect(operate(.createVolumes(agent, [Self.volume(64)])) == .accepted)
        let stored = Resources([Self.reserved("cpus", 2), Self.reserved("disk", 36), Self.volume(64)])
        #expect(checkpointed() == stored)
        var second = try MasterHarness(leads: false)
        let record = try #require(master.agents[agent])
        second.take(.mirror(KernelBatch(changes: [.agent(agent, record, zxid: 3)], isSnapshot: true)))
        second.lead(epoch: 9)
        second.live(agent)
        #expect(second.machine.agents[agent]?.total.checkpointed == stored)
        let link = second.subscribeAgent(1, id: agent, resources: Self.total)
        #expect(second.commands(link, .checkpointResources).map { Resources($0.resources ?? []) } == [stored])
        _ = try second.subscribe("k", role: "kafka")
        #expect(second.offers("k").reduce(into: Resources()) { $0 += Resources($1.resources) }.checkpointed == stored)
    }
}
