import Allocator
import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: agents that leave")
struct RemovalTests {
    /// A master with one agent that runs the task "t" of a framework on stream "s".
    private func running(capabilities: [String] = [], _ change: (inout Configuration) -> Void = { _ in }) throws
        -> (master: MasterHarness, agent: AgentID, link: LinkID, framework: FrameworkID)
    {
        var master = try MasterHarness(change)
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s", capabilities: capabilities)
        master.launch([master.task("t", on: agent)], master.offers("s"), framework, stream: "s")
        master.report(agent, framework, "t", .running)
        return (master, agent, link, framework)
    }

    private func vanish(_ master: inout MasterHarness, _ agent: AgentID, _ link: LinkID) {
        master.take(.agentLinkClosed(link))
        master.live(agent, false)
        master.pass(76)
    }

    @Test("An unreachable agent may come back with its tasks, which run again in the books")
    func returnOfTheUnreachable() throws {
        var (master, agent, link, framework) = try running(capabilities: ["PARTITION_AWARE"])
        vanish(&master, agent, link)
        let status = try #require(master.updates("s").last)
        #expect(status.state == .unreachable && status.reason == "REASON_AGENT_REMOVED" && status.unreachable_time != nil)
        #expect(master.agents[agent]?.state == .unreachable)
        #expect(master.machine.frameworks[framework]?.unreachableTasks.map(\.record.id) == ["t"])
        #expect(master.machine.frameworks[framework]?.completedTasks.isEmpty ?? false)

        master.call(.reconcile, framework, stream: "s") {
            $0.reconcile = .init(tasks: [.init(task_id: "t", agent_id: agent), .init(task_id: "x", agent_id: "nobody")])
        }
        #expect(master.updates("s").suffix(2).map(\.state) == [.unreachable, .unknown])

        let task = AgentRegistration.RunningTask(
            framework_id: framework, task: master.task("t", on: agent), state: .running, statuses: [])
        let back = master.subscribeAgent(1, id: agent, tasks: [task])
        #expect(master.commands(back, .registered).map(\.republish) == [true] && master.commands(back, .shutdown).isEmpty)
        #expect(master.agents[agent]?.state == .registered && master.agents[agent]?.unreachable_time == nil)
        #expect(master.machine.frameworks[framework]?.tasks["t"]?.record.state == .running)
        #expect(master.machine.frameworks[framework]?.unreachableTasks.isEmpty ?? false)
        #expect(master.machine.allocator.allocated(on: agent)[framework]?.cpus == 1)
    }

    @Test("Who does not know the state UNREACHABLE is told LOST; its tasks are not killed when the agent returns")
    func unaware() throws {
        var (master, agent, link, framework) = try running()
        vanish(&master, agent, link)
        #expect(master.updates("s").last?.state == .lost)
        let task = AgentRegistration.RunningTask(
            framework_id: framework, task: master.task("t", on: agent), state: .running, statuses: [])
        let back = master.subscribeAgent(1, id: agent, tasks: [task])
        #expect(master.commands(back, .kill).isEmpty && master.commands(back, .shutdownFramework).isEmpty)
        #expect(master.machine.frameworks[framework]?.tasks["t"] != nil)
    }

    @Test("The rate limit holds removals back; an agent that returns meanwhile stays")
    func rateLimit() throws {
        var master = try MasterHarness { $0.agentRemovalRateLimit = .init(count: 1, seconds: 1200) }
        var agents: [(id: AgentID, link: LinkID)] = []
        for number in 1...3 { agents.append(try master.addAgent(number)) }
        for agent in agents {
            master.take(.agentLinkClosed(agent.link))
            master.live(agent.id, false)
        }
        master.pass(76)
        #expect(master.machine.agents.count == 2)
        #expect(master.machine.metrics["slave_shutdowns_scheduled"] == 3)
        master.pass(600)
        #expect(master.machine.agents.count == 2)
        let spared = try #require(agents.last?.id)
        #expect(master.machine.agents[spared] != nil)
        _ = master.subscribeAgent(3, id: spared)
        master.live(spared)
        #expect(master.machine.metrics["slave_shutdowns_canceled"] == 1)
        master.pass(601)
        #expect(master.machine.agents.keys.sorted() == [spared])
        master.pass(5000)
        #expect(master.machine.agents.keys.sorted() == [spared])
    }

    @Test("When more agents are missing than recovery_agent_removal_limit allows, none is removed")
    func removalLimit() throws {
        var master = try MasterHarness { $0.recoveryAgentRemovalLimit = 0.5 }
        var agents: [(id: AgentID, link: LinkID)] = []
        for number in 1...4 { agents.append(try master.addAgent(number)) }
        for agent in agents.prefix(3) {
            master.take(.agentLinkClosed(agent.link))
            master.live(agent.id, false)
        }
        master.pass(2000)
        #expect(master.machine.agents.count == 4)
        _ = master.subscribeAgent(3, id: agents[2].id)
        master.live(agents[2].id)
        master.pass(1)
        #expect(master.machine.agents.count == 2)
    }

    @Test("An agent that was marked gone never comes back; its tasks are GONE_BY_OPERATOR")
    func gone() throws {
        var (master, agent, link, _) = try running(capabilities: ["PARTITION_AWARE"])
        #expect(master.change(.markGone("nobody")) == .unknownAgent)
        #expect(master.change(.markGone(agent)) == .ok)
        #expect(master.commands(link, .shutdown).count == 1)
        #expect(master.updates("s").last?.state == .goneByOperator)
        #expect(master.agents[agent]?.state == .gone)
        let back = master.subscribeAgent(1, id: agent)
        #expect(master.commands(back, .shutdown).map(\.message) == ["Agent attempted to re-register after removal"])
        #expect(master.change(.markGone(agent)) == .ok)
    }

    @Test("A drained agent gets no tasks, its tasks are killed with the bound on their grace, then it is gone")
    func drain() throws {
        var (master, agent, link, framework) = try running()
        let grace = DurationInfo(nanoseconds: 5_000_000_000)
        #expect(master.change(.drain(agent, .init(max_grace_period: grace, mark_gone: true))) == .ok)
        #expect(master.offers("s").isEmpty)
        #expect(master.commands(link, .kill).map(\.kill_policy?.grace_period) == [grace])
        master.pass(1)
        #expect(master.commands(link, .kill).count == 1 && master.agents[agent]?.state == .registered)
        master.report(agent, framework, "t", .killed, uuid: "k")
        master.call(.acknowledge, framework, stream: "s") { $0.acknowledge = .init(agent_id: agent, task_id: "t", uuid: "k") }
        master.pass(1)
        #expect(master.agents[agent]?.state == .gone)
    }

    @Test("A deactivated agent is not offered, across a restart of it, until it is reactivated")
    func deactivation() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        _ = try master.subscribe("s")
        #expect(master.offers("s").count == 1)
        #expect(master.change(.deactivate(agent)) == .ok)
        #expect(master.offers("s").isEmpty)
        master.take(.agentLinkClosed(link))
        _ = master.subscribeAgent(1, id: agent)
        master.pass(2)
        #expect(master.offers("s").isEmpty && master.agents[agent]?.deactivated == true)
        #expect(master.change(.reactivate(agent)) == .ok)
        #expect(master.offers("s").count == 1)
    }
}
