import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: what operators' streams hear")
struct OperatorEventTests {
    private func observed() throws -> MasterHarness {
        var harness = try MasterHarness()
        harness.machine.isObserved = true
        return harness
    }

    @Test("Nothing is published while nobody listens")
    func unobserved() throws {
        var harness = try MasterHarness()
        _ = try harness.addAgent(1)
        _ = try harness.subscribe("s")
        #expect(harness.published.isEmpty)
    }

    @Test("Agents and frameworks come, change and go")
    func comingAndGoing() throws {
        var harness = try observed()
        let (agent, _) = try harness.addAgent(1)
        let framework = try harness.subscribe("s")
        harness.take(.schedulerStreamClosed("s"))
        _ = try harness.subscribe("s2", id: framework)
        #expect(harness.teardown(framework)?.status == 200)
        #expect(
            harness.published.map(\.type)
                == [.agentAdded, .frameworkAdded, .frameworkUpdated, .frameworkUpdated, .frameworkRemoved])
        #expect(harness.published.first?.agent_added?.agent.agent_info.id == agent)
        #expect(harness.published.dropFirst(2).first?.framework_updated?.framework.connected == false)
        #expect(harness.published.last?.framework_removed?.framework_info.id == framework)
    }

    @Test("A task is added, updated once per new status and not for the agent's repetitions")
    func task() throws {
        var harness = try observed()
        let (agent, _) = try harness.addAgent(1)
        let framework = try harness.subscribe("s")
        harness.published = []
        harness.launch([harness.task("t", on: agent)], harness.offers("s"), framework, stream: "s")
        for _ in 0..<3 { harness.report(agent, framework, "t", .running, uuid: "1") }
        harness.report(agent, framework, "t", .finished, uuid: "2")
        harness.call(.acknowledge, framework, stream: "s") { $0.acknowledge = .init(agent_id: agent, task_id: "t", uuid: "2") }
        let events = harness.published
        #expect(events.map(\.type) == [.taskAdded, .taskUpdated, .taskUpdated])
        #expect(events.first?.task_added?.task.state == .staging)
        let last = try #require(events.last?.task_updated)
        #expect(last.state == .finished && last.status?.state == .finished && last.status?.uuid == "2" && last.agent_id == agent)
    }

    @Test("Tasks that end with their framework are updated before it is removed")
    func tasksOfARemovedFramework() throws {
        var harness = try observed()
        let (agent, _) = try harness.addAgent(1)
        let framework = try harness.subscribe("s")
        harness.launch([harness.task("t", on: agent)], harness.offers("s"), framework, stream: "s")
        harness.published = []
        #expect(harness.teardown(framework)?.status == 200)
        #expect(harness.published.map(\.type) == [.taskUpdated, .frameworkRemoved])
        #expect(harness.published.first?.task_updated?.state == .killed)
    }
}
