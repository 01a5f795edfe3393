import ClusterState
import ResourceModel
import Testing

@testable import Simulation

@Suite("A simulated agent")
struct SimulatedAgentTests {
    private let now = ContinuousClock.now

    private func command(_ kind: AgentCommand.Kind, epoch: Int64 = 5, _ fill: (inout AgentCommand) -> Void = { _ in }) -> AgentCommand {
        var command = AgentCommand(type: kind, epoch: epoch)
        fill(&command)
        return command
    }

    private var launch: AgentCommand {
        var framework = FrameworkInfo(user: "nobody", name: "f")
        framework.id = "f"
        let task = TaskInfo(name: "t", task_id: "t", agent_id: "S0", resources: [.scalar("cpus", 1)])
        return command(.launch) {
            $0.framework_info = framework
            $0.tasks = [task]
        }
    }

    private func registered() -> SimulatedAgent {
        var agent = SimulatedAgent(number: 0, ip: "10.0.0.1")
        let isTaken = agent.handle(command(.registered) { $0.agent_id = "S0" }, at: now, time: 1)
        #expect(isTaken)
        return agent
    }

    private func acknowledge(_ update: AgentReport.Update) -> AgentCommand {
        command(.acknowledge) {
            $0.task_id = update.status.task_id
            $0.framework_id = update.framework_id
            $0.uuid = update.status.uuid
        }
    }

    @Test("A launched task runs at once, and once however often it is ordered")
    func launches() {
        var agent = registered()
        _ = agent.handle(launch, at: now, time: 1)
        #expect(agent.started == ["t"])
        _ = agent.handle(launch, at: now, time: 1)
        #expect(agent.started == [])
        let states = agent.takeOutbox().map(\.status.state)
        #expect(states == [.running] && agent.tasks.count == 1)
    }

    @Test("One update is in flight; the end follows the acknowledgement, and then the task is gone")
    func stream() throws {
        var agent = registered()
        _ = agent.handle(launch, at: now, time: 1)
        let running = try #require(agent.takeOutbox().first)
        _ = agent.handle(
            command(.kill) {
                $0.task_id = "t"
                $0.framework_id = "f"
            }, at: now, time: 2)
        #expect(agent.outbox.isEmpty)
        _ = agent.handle(acknowledge(running), at: now, time: 3)
        let killed = try #require(agent.takeOutbox().first)
        #expect(killed.status.state == .killed && agent.tasks.count == 1)
        _ = agent.handle(acknowledge(killed), at: now, time: 4)
        #expect(agent.tasks.isEmpty && agent.isDirty)
    }

    @Test("An update nobody acknowledged is sent again after ten seconds and at each registration")
    func retries() {
        var agent = registered()
        _ = agent.handle(launch, at: now, time: 1)
        let first = agent.takeOutbox()
        agent.tick(at: now + .seconds(9))
        #expect(agent.outbox.isEmpty)
        agent.tick(at: now + .seconds(10))
        #expect(agent.outbox == first)
        agent.disconnected()
        _ = agent.handle(command(.registered) { $0.agent_id = "S0" }, at: now, time: 1)
        #expect(agent.outbox == first)
    }

    @Test("Commands of a deposed master are refused")
    func epochs() {
        var agent = registered()
        let old = agent.handle(command(.ping, epoch: 4), at: now, time: 1)
        let new = agent.handle(command(.ping, epoch: 6), at: now, time: 1)
        #expect(!old && new)
    }

    @Test("The chunk is what masters read")
    func chunk() throws {
        var agent = registered()
        _ = agent.handle(launch, at: now, time: 1)
        let chunk = try ClusterJSON.decode(TaskChunk.self, from: agent.chunk)
        #expect(chunk.agent_id == "S0" && chunk.tasks["f/t"]?.state == .running && chunk.tasks["f/t"]?.statuses.count == 1)
    }

    @Test("Tasks that the master expects and the agent does not have are lost")
    func reconciles() {
        var agent = registered()
        _ = agent.handle(command(.reconcile) { $0.expected = [.init(task_id: "x", framework_id: "f")] }, at: now, time: 1)
        #expect(agent.outbox.map(\.status.state) == [.lost])
    }
}
