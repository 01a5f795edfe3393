import Allocator
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: custom executors")
struct ExecutorTests {
    var master: MasterHarness
    let agent: AgentID
    let link: LinkID
    let framework: FrameworkID

    init() throws {
        master = try MasterHarness()
        (agent, link) = try master.addAgent(1)
        framework = try master.subscribe("s")
    }

    private func task(_ id: String, executor: ExecutorID = "e", cpus: Double = 1, executorCPUs: Double = 0.5) -> TaskInfo {
        var task = master.task(id, on: agent, cpus: cpus, mem: 10)
        var info = ExecutorInfo(executor_id: executor, command: CommandInfo(shell: "run"))
        info.resources = [.scalar("cpus", executorCPUs)]
        task.command = nil
        task.executor = info
        return task
    }

    private mutating func launch(_ tasks: [TaskInfo]) { master.launch(tasks, master.offers("s"), framework, stream: "s", refuse: 0) }

    private mutating func offered() -> Double {
        master.pass(10)
        return master.offers("s").reduce(0) { $0 + Resources($1.resources).cpus }
    }

    private mutating func exit(_ executor: ExecutorID = "e", status: Int = 256) {
        master.take(
            .agentReported(
                900,
                AgentReport(
                    agent_id: agent, epoch: master.machine.epoch, updates: [],
                    exits: [.init(framework_id: framework, executor_id: executor, status: status)])))
    }

    @Test("An executor is charged once for all its tasks, named in offers, and freed at its exit")
    mutating func accounting() {
        launch([task("a"), task("b")])
        #expect(offered() == 1.5, "4 - 2 tasks - 1 executor")
        #expect(master.offers("s").last?.executor_ids == ["e"])
        launch([task("c")])
        #expect(offered() == 0.5)
        for id in ["a", "b", "c"] as [TaskID] { master.report(agent, framework, id, .failed) }
        #expect(offered() == 3.5)
        exit()
        #expect(offered() == 4)
        #expect(master.offers("s").last?.executor_ids.isEmpty == true, "older offers stand as they were made")
        let failure = master.events["s"]?.last { $0.type == .failure }?.failure
        #expect(failure?.agent_id == agent && failure?.executor_id == "e" && failure?.status == 256)
    }

    @Test("A task whose executor differs from the live one of its id is refused")
    mutating func differingExecutor() {
        launch([task("a")])
        _ = offered()
        launch([task("b", executorCPUs: 0.25)])
        #expect(master.updates("s").last?.message == "ExecutorInfo of task 'b' differs from a live executor with the same id 'e'")
        #expect(master.updates("s").last?.state == .error)
    }

    @Test("An executor that is missing when its agent comes back is freed; one that the master did not know is charged")
    mutating func reregistration() throws {
        launch([task("a")])
        master.report(agent, framework, "a", .finished)
        master.call(.acknowledge, framework, stream: "s") { $0.acknowledge = .init(agent_id: agent, task_id: "a", uuid: "u") }
        #expect(offered() == 3.5)
        master.take(.agentLinkClosed(link))
        master.subscribeAgent(1, id: agent)
        #expect(offered() == 4)
        let registration = AgentRegistration(
            agent_info: AgentInfo(hostname: "10.0.2.1", resources: MasterHarness.agentTotal, id: agent), pid: "slave(1)@10.0.2.1:5051",
            incarnation: 1, version: "1.0.3",
            executors: [.init(framework_id: framework, executor: try #require(task("x", executor: "new").executor))])
        master.take(.agentSubscribed(77, registration))
        #expect(offered() == 3.5)
        #expect(master.offers("s").last?.executor_ids == ["new"])
    }

    @Test("A removed framework's executors are freed")
    mutating func frameworkRemoval() throws {
        launch([task("a")])
        _ = master.teardown(framework)
        #expect(master.commands(link, .shutdownFramework).count == 1)
        let other = try master.subscribe("t")
        #expect(other != framework)
        master.pass(10)
        #expect(master.offers("t").reduce(0) { $0 + Resources($1.resources).cpus } == 4)
    }

    @Test("Messages go both ways, SHUTDOWN to the agent; without the agent they are counted as invalid")
    mutating func words() {
        launch([task("a")])
        master.call(.message, framework, stream: "s") { $0.message = .init(agent_id: agent, executor_id: "e", data: "aGk=") }
        let told = master.commands(link, .message).last
        #expect(told?.framework_id == framework && told?.executor_id == "e" && told?.data == "aGk=")
        master.take(
            .agentReported(
                901,
                AgentReport(
                    agent_id: agent, epoch: master.machine.epoch, updates: [],
                    messages: [.init(framework_id: framework, executor_id: "e", data: "eW8=")])))
        let heard = master.events["s"]?.last { $0.type == .message }?.message
        #expect(heard?.agent_id == agent && heard?.executor_id == "e" && heard?.data == "eW8=")
        #expect(master.call(.shutdown, framework, stream: "s") { $0.shutdown = .init(executor_id: "e", agent_id: agent) }?.status == 202)
        #expect(master.commands(link, .shutdownExecutor).last?.executor_id == "e")
        master.call(.message, framework, stream: "s") { $0.message = .init(agent_id: "nobody", executor_id: "e", data: "aGk=") }
        #expect(master.machine.metrics["invalid_framework_to_executor_messages"] == 1)
        #expect(master.machine.metrics["valid_framework_to_executor_messages"] == 1)
        #expect(master.machine.metrics["valid_executor_to_framework_messages"] == 1)
    }
}
