import Allocator
import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: agents and frameworks")
struct MasterStateMachineTests {
    @Test("An agent is told its id only after the registry was written")
    func registryFirst() throws {
        var master = try MasterHarness()
        master.holdsCommits = true
        let link = master.subscribeAgent(1)
        #expect(master.agents["m-S0"]?.state == .registered)
        #expect(master.commands[link] == nil)
        master.take(.committed(try #require(master.heldCommits.first)))
        #expect(master.commands[link]?.map(\.type) == [.registered])
        #expect(master.commands[link]?.first?.epoch == 7)
    }

    @Test("An agent is offered once it is registered and its live node is there")
    func offersWhenLive() throws {
        var master = try MasterHarness()
        _ = try master.subscribe("s")
        let link = master.subscribeAgent(1)
        let id = try #require(master.commands[link]?.first?.agent_id)
        #expect(master.offers("s").isEmpty)
        master.live(id)
        let offer = try #require(master.offers("s").first)
        #expect(offer.url?.address.ip == "10.0.2.1" && offer.url?.path == "/slave(1)")
        #expect(Resources(offer.resources) == Resources(MasterHarness.agentTotal))
    }

    @Test("A framework is subscribed only after its record was written, with a heartbeat right behind")
    func frameworkStoredFirst() throws {
        var master = try MasterHarness()
        master.holdsCommits = true
        #expect(throws: MasterHarness.Failure.self) { _ = try master.subscribe("s") }
        #expect(master.frameworks["m-0000"]?.state == .active)
        master.take(.committed(try #require(master.heldCommits.first)))
        #expect(master.events["s"]?.map(\.type) == [.subscribed, .heartbeat])
        #expect(master.events["s"]?.first?.subscribed?.master_info?.id == "m")
    }

    @Test("The way of a task: launch, update, acknowledgement, end")
    func wayOfATask() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s")
        master.launch([master.task("t", on: agent)], master.offers("s"), framework, stream: "s")
        let launch = try #require(master.commands(link, .launch).first)
        #expect(launch.tasks?.map(\.task_id) == ["t"] && launch.framework_info?.id == framework)
        #expect(master.machine.frameworks[framework]?.tasks["t"]?.record.state == .staging)

        #expect(master.report(agent, framework, "t", .running, uuid: "u1") == .accepted)
        #expect(master.updates("s").map(\.state) == [.running])
        #expect(master.updates("s").first?.agent_id == agent)
        master.call(.acknowledge, framework, stream: "s") { $0.acknowledge = .init(agent_id: agent, task_id: "t", uuid: "u1") }
        #expect(master.commands(link, .acknowledge).map(\.uuid) == ["u1"])

        master.report(agent, framework, "t", .finished, uuid: "u2")
        #expect(master.machine.allocator.available(on: agent) == Resources())  // offered again at once
        #expect(master.machine.frameworks[framework]?.tasks["t"]?.record.state == .finished)
        master.call(.acknowledge, framework, stream: "s") { $0.acknowledge = .init(agent_id: agent, task_id: "t", uuid: "u2") }
        #expect(master.machine.frameworks[framework]?.tasks.isEmpty == true)
        #expect(master.machine.frameworks[framework]?.completedTasks.map(\.record.id) == ["t"])
    }

    @Test("What a finished task held is offered at once")
    func freedResourcesAreOffered() throws {
        var master = try MasterHarness()
        let (agent, _) = try master.addAgent(1)
        let framework = try master.subscribe("s")
        master.launch([master.task("t", on: agent, cpus: 4, mem: 1024)], master.offers("s"), framework, stream: "s")
        #expect(master.offers("s").isEmpty)
        master.report(agent, framework, "t", .finished)
        #expect(master.offers("s").first.map { Resources($0.resources).cpus } == 4)
    }

    @Test("REVIVE is answered with offers at once")
    func reviveOffers() throws {
        var master = try MasterHarness()
        _ = try master.addAgent(1)
        let framework = try master.subscribe("s")
        master.call(.suppress, framework, stream: "s")
        let ids = master.offers("s").map(\.id)
        master.call(.decline, framework, stream: "s") {
            $0.decline = .init(offer_ids: ids, filters: Filters(refuse_seconds: 3600))
        }
        master.pass(2)
        #expect(master.offers("s").isEmpty)
        master.call(.revive, framework, stream: "s")
        #expect(master.offers("s").count == 1)
    }

    @Test(
        "Refused calls, in the order of the contract",
        arguments: [
            ("unknown", "s", 400, "Framework cannot be found"),
            ("known", nil, 400, "All non-subscribe calls should include the 'Mesos-Stream-Id' header"),
            (
                "known", "other", 400,
                "The stream ID included in this request didn't match the stream ID currently associated with framework ID 'm-0000'"
            ),
            ("known", "s", 202, ""),
        ])
    func refusedCalls(which: String, stream: String?, status: Int, message: String) throws {
        var master = try MasterHarness()
        let id = try master.subscribe("s")
        let reply = master.call(.revive, which == "known" ? id : "nobody", stream: stream)
        #expect(reply == Reply(status: status, message: message))
    }

    @Test("A disconnected framework is not subscribed; with the same id it fails over and gets offers")
    func frameworkFailover() throws {
        var master = try MasterHarness()
        _ = try master.addAgent(1)
        let id = try master.subscribe("s")
        master.take(.schedulerStreamClosed("s"))
        #expect(master.machine.offers.isEmpty)
        #expect(master.frameworks[id]?.disconnected_at == 1_000_000)
        #expect(master.call(.revive, id, stream: "s") == .forbidden("Framework is not subscribed"))
        #expect(try master.subscribe("s2", id: id) == id)
        #expect(master.frameworks[id]?.disconnected_at == nil)
        #expect(master.offers("s2").count == 1)
    }

    @Test("A second subscription with the same id takes over: the first gets ERROR and is closed")
    func takeOver() throws {
        var master = try MasterHarness()
        let id = try master.subscribe("s")
        #expect(try master.subscribe("s2", id: id) == id)
        #expect(master.events["s"]?.last?.error?.message == "Framework failed over")
        #expect(master.closedStreams == ["s"])
        // The old stream's end is not the framework's.
        master.take(.schedulerStreamClosed("s"))
        #expect(master.machine.frameworks[id]?.isConnected == true)
    }

    @Test("After failover_timeout the framework is removed and its id is refused")
    func failoverTimeout() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        let id = try master.subscribe("s", failoverTimeout: 60)
        master.launch([master.task("t", on: agent)], master.offers("s"), id, stream: "s")
        master.take(.schedulerStreamClosed("s"))
        master.pass(59)
        #expect(master.machine.frameworks[id] != nil)
        master.pass(2)
        #expect(master.frameworks[id]?.state == .completed)
        #expect(master.commands(link, .shutdownFramework).map(\.framework_id) == [id])
        #expect(master.machine.completedFrameworks.first?.completedTasks.first?.record.state == .killed)
        #expect(throws: MasterHarness.Failure.self) { try master.subscribe("s2", id: id) }
        #expect(master.events["s2"]?.first?.error?.message == "Framework has been removed")
    }

    @Test("Teardown answers when it is stored")
    func teardown() throws {
        var master = try MasterHarness()
        let id = try master.subscribe("s")
        #expect(master.teardown("nobody") == .bad("No framework found with specified ID"))
        master.holdsCommits = true
        #expect(master.teardown(id) == nil)
        master.take(.committed(try #require(master.heldCommits.last)))
        #expect(master.replies.values.contains(.ok))
        #expect(master.closedStreams.contains("s"))
        #expect(master.machine.completedFrameworks.map(\.id) == [id])
    }

    @Test("When the live node vanishes offers are rescinded; the agent is removed after the ping timeouts, its tasks are lost")
    func agentRemoval() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s", failoverTimeout: 3600)
        master.launch([master.task("t", on: agent)], master.offers("s"), framework, stream: "s", refuse: 0)
        master.pass(1)
        #expect(master.offers("s").count == 1)
        master.live(agent, false)
        master.take(.agentLinkClosed(link))
        #expect(master.offers("s").isEmpty)
        #expect(master.events["s"]?.last?.type == .rescind)
        master.pass(74)
        #expect(master.machine.agents[agent] != nil)
        master.pass(2)
        #expect(master.agents[agent]?.state == .unreachable)
        let lost = try #require(master.updates("s").last)
        #expect(lost.state == .lost && lost.reason == "REASON_AGENT_REMOVED" && lost.uuid == nil)
        #expect(lost.message == "Slave 10.0.2.1 removed: health check timed out")
        #expect(master.events["s"]?.last?.failure?.agent_id == agent)
    }

    @Test("No agent is removed for time in which the master itself was cut off")
    func ownDisconnection() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        master.live(agent, false)
        master.take(.agentLinkClosed(link))
        master.pass(70)
        master.take(.zooKeeperReconnected)
        master.pass(70)
        #expect(master.machine.agents[agent] != nil)
        master.pass(6)
        #expect(master.machine.agents[agent] == nil)
    }

    @Test("An agent that only lost ZooKeeper proves by subscribing anew that it lives")
    func agentWithoutZooKeeper() throws {
        var master = try MasterHarness()
        let (agent, first) = try master.addAgent(1)
        var link = first
        master.live(agent, false)
        master.pass(76)
        #expect(master.closedLinks.contains(link))
        for _ in 0..<40 {
            if master.closedLinks.contains(link) { link = master.subscribeAgent(1, id: agent) }
            master.pass(10)
        }
        #expect(master.machine.agents[agent] != nil)
        #expect(master.machine.agents[agent]?.isActive == false)
    }

    @Test("A launch that the agent never got is answered by the agent after its return, not left in limbo")
    func lostLaunch() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s")
        master.launch([master.task("t", on: agent)], master.offers("s"), framework, stream: "s")
        master.take(.agentLinkClosed(link))
        let back = master.subscribeAgent(1, id: agent)
        let asked = try #require(master.commands(back, .reconcile).first)
        #expect(asked.expected == [.init(task_id: "t", framework_id: framework)])
        master.report(agent, framework, "t", .lost)
        #expect(master.updates("s").map(\.state) == [.lost])
    }

    @Test("A kill that could not be told is stored, sent at the agent's return and forgotten with the task")
    func storedKill() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s")
        let task = master.task("t", on: agent)
        master.launch([task], master.offers("s"), framework, stream: "s")
        master.report(agent, framework, "t", .running)
        master.take(.agentLinkClosed(link))
        master.call(.kill, framework, stream: "s") { $0.kill = .init(task_id: "t") }
        #expect(master.kills[agent]?.kills.keys.sorted() == ["\(framework)/t"])
        let running = AgentRegistration.RunningTask(framework_id: framework, task: task, state: .running, statuses: [])
        let back = master.subscribeAgent(1, id: agent, tasks: [running])
        #expect(master.commands(back, .kill).map(\.task_id) == ["t"])
        master.report(agent, framework, "t", .killed, uuid: "k")
        #expect(master.kills[agent] == nil)
    }

    @Test("A kill on the way when the link breaks is stored")
    func killOnBrokenLink() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s")
        master.launch([master.task("t", on: agent)], master.offers("s"), framework, stream: "s")
        master.call(.kill, framework, stream: "s") { $0.kill = .init(task_id: "t") }
        #expect(master.commands(link, .kill).count == 1)
        #expect(master.kills[agent] == nil)
        master.take(.agentLinkClosed(link))
        #expect(master.kills[agent]?.kills.count == 1)
    }

    @Test("Reports: another epoch 409, no stream 403")
    func refusedReports() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        #expect(master.report(agent, "f", "t", .running, epoch: 6)?.status == 409)
        master.take(.agentLinkClosed(link))
        #expect(master.report(agent, "f", "t", .running)?.status == 403)
    }

    @Test("Offers are rescinded after offer_timeout and made again")
    func offerTimeout() throws {
        var master = try MasterHarness { $0.offerTimeout = 10 }
        _ = try master.addAgent(1)
        _ = try master.subscribe("s")
        let first = try #require(master.offers("s").first)
        master.pass(11)
        #expect(master.events["s"]?.contains { $0.rescind?.offer_id == first.id } == true)
        #expect(master.offers("s").count == 1)
        #expect(master.offers("s").first?.id != first.id)
    }

    @Test("Heartbeats every 15 s, pings every 5 s")
    func heartbeats() throws {
        var master = try MasterHarness()
        let (_, link) = try master.addAgent(1)
        _ = try master.subscribe("s")
        for _ in 0..<150 { master.pass(0.2) }
        #expect(master.events["s"]?.count { $0.type == .heartbeat } == 3)
        #expect(master.commands(link, .ping).count >= 5)
    }

    @Test("A deposed leader closes all streams, answers who waits, and keeps only the mirror")
    func deposed() throws {
        var master = try MasterHarness()
        let (agent, link) = try master.addAgent(1)
        let framework = try master.subscribe("s")
        master.holdsCommits = true
        #expect(master.teardown(framework) == nil)
        master.take(.deposed)
        #expect(master.closedLinks.contains(link) && master.closedStreams.contains("s"))
        #expect(master.replies.values.contains(.lostLeadership))
        #expect(master.machine.agents.isEmpty && master.machine.frameworks.isEmpty && master.machine.offers.isEmpty)
        #expect(master.machine.mirror.live[agent] != nil)
        // What comes back late changes nothing.
        for commit in master.heldCommits { master.take(.committed(commit)) }
        #expect(master.machine.completedFrameworks.isEmpty)
    }
}
