import Allocator
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: ACCEPT")
struct AcceptTests {
    var master: MasterHarness
    let agent: AgentID
    let link: LinkID
    let framework: FrameworkID

    init() throws {
        master = try MasterHarness()
        (agent, link) = try master.addAgent(1)
        framework = try master.subscribe("s")
    }

    private mutating func problem(_ change: (inout TaskInfo) -> Void) -> TaskStatus? {
        var task = master.task("t", on: agent)
        change(&task)
        master.launch([task], master.offers("s"), framework, stream: "s")
        return master.updates("s").last
    }

    @Test("A task that breaks a rule is answered with TASK_ERROR and the rule's message")
    mutating func invalidTasks() throws {
        let cases: [(String, (inout TaskInfo) -> Void)] = [
            ("TaskID 'a/b' contains invalid characters", { $0.task_id = "a/b" }),
            ("TaskID '' contains invalid characters", { $0.task_id = "" }),
            ("TaskID '..' contains invalid characters", { $0.task_id = ".." }),
            ("Task uses invalid agent x while agent \(agent) is expected", { $0.agent_id = "x" }),
            ("Task should have at least one (but not both) of CommandInfo or ExecutorInfo present", { $0.command = nil }),
            ("Task uses invalid resources: Invalid scalar resource 'cpus': value < 0", { $0.resources = [.scalar("cpus", -1)] }),
            (
                "Task uses invalid resources: The 'gpus' resource must be an unsigned integer",
                { $0.resources = [.scalar("gpus", 0.5)] }
            ),
            ("Task uses no resources", { $0.resources = [] }),
            (
                "Task uses more resources cpus(*):5.0 than available cpus(*):4.0; mem(*):1024.0; ports(*):[1000-1099]",
                { $0.resources = [.scalar("cpus", 5)] }
            ),
        ]
        for (message, change) in cases {
            master.call(.revive, framework, stream: "s")
            let status = try #require(problem(change))
            #expect(status.state == .error && status.reason == "REASON_TASK_INVALID" && status.source == "SOURCE_MASTER")
            #expect(status.message == message)
            #expect(status.uuid == nil)
        }
        #expect(master.commands(link, .launch).isEmpty)
        #expect(master.machine.frameworks[framework]?.tasks.isEmpty == true)
    }

    @Test("A task id in use is refused")
    mutating func duplicateID() {
        let task = master.task("t", on: agent)
        master.launch([task, task], master.offers("s"), framework, stream: "s")
        #expect(master.updates("s").map(\.message) == ["Task has duplicate ID: t"])
        #expect(master.commands(link, .launch).first?.tasks?.count == 1)
    }

    @Test("An invalid task leaves the offer to the next one; the rest goes back under the filter")
    mutating func offerStaysForNext() {
        master.launch(
            [
                master.task("big", on: agent, cpus: 9), master.task("a", on: agent), master.task("b", on: agent, cpus: 3.5),
                master.task("c", on: agent, cpus: 3),
            ],
            master.offers("s"), framework, stream: "s", refuse: 30)
        #expect(master.commands(link, .launch).first?.tasks?.map(\.task_id) == ["a", "c"])
        #expect(master.updates("s").map(\.task_id) == ["big", "b"])
        #expect(master.machine.allocator.available(on: agent).mem == 768)
        master.pass(5)
        #expect(master.offers("s").isEmpty)
        master.pass(30)
        #expect(master.offers("s").count == 1)
    }

    @Test("Offers that are gone, doubled or missing: TASK_LOST, and the valid ones are consumed")
    mutating func invalidOffers() throws {
        let offer = try #require(master.offers("s").first)
        let task = master.task("t", on: agent)
        func message(_ ids: [OfferID]) -> String? {
            var copy = master
            copy.call(.accept, framework, stream: "s") { $0.accept = .init(offer_ids: ids, operations: [.launch([task])]) }
            #expect(copy.updates("s").last?.state == .lost && copy.updates("s").last?.reason == "REASON_INVALID_OFFERS")
            #expect(copy.machine.offers[offer.id] == nil || !ids.contains(offer.id))
            return copy.updates("s").last?.message
        }
        #expect(message([]) == "Task launched with invalid offers: No offers specified")
        #expect(message(["gone"]) == "Task launched with invalid offers: Offer gone is no longer valid")
        #expect(message([offer.id, offer.id]) == "Task launched with invalid offers: Duplicate offer \(offer.id) in offer list")
        #expect(message([offer.id, "gone"]) == "Task launched with invalid offers: Offer gone is no longer valid")
    }

    @Test("ACCEPT without operations declines")
    mutating func acceptNothing() {
        master.launch([], master.offers("s"), framework, stream: "s", refuse: 10)
        master.pass(2)
        #expect(master.offers("s").isEmpty)
        master.pass(10)
        #expect(master.offers("s").count == 1)
    }

    @Test("Offers of different agents cannot be accepted together")
    mutating func severalAgents() throws {
        _ = try master.addAgent(2)
        let ids = master.offers("s").map(\.id)
        #expect(ids.count == 2)
        let task = master.task("t", on: agent)
        master.call(.accept, framework, stream: "s") { $0.accept = .init(offer_ids: ids, operations: [.launch([task])]) }
        #expect(master.updates("s").last?.message?.contains("Aggregated offers must belong to one single agent.") == true)
    }
}
