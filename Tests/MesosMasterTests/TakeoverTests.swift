import Allocator
import ClusterState
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: taking over")
struct TakeoverTests {
    /// A standby whose mirror shows one agent that runs a task of one framework.
    static func standby(agentIsLive: Bool = true, _ change: (inout FrameworkRecord) -> Void = { _ in }) throws -> MasterHarness {
        var master = try MasterHarness(leads: false)
        let info = AgentInfo(hostname: "10.0.2.1", resources: MasterHarness.agentTotal, id: "old-S0")
        let agent = AgentRecord(
            agent_id: "old-S0", info: info, pid: "slave(1)@10.0.2.1:5051", version: "1.0.3", state: .registered, registered_time: 1)
        var frameworkInfo = FrameworkInfo(user: "root", name: "f")
        frameworkInfo.id = "old-0000"
        frameworkInfo.failover_timeout = 60
        var framework = FrameworkRecord(id: "old-0000", info: frameworkInfo, state: .active, registered_time: 2)
        change(&framework)
        var record = TaskRecord(
            id: "t", name: "t", framework_id: "old-0000", state: .running,
            resources: [.scalar("cpus", 1), .scalar("mem", 128)])
        record.statuses = [TaskStatusRecord(state: .running, timestamp: 5)]
        var changes: [KernelChange] = [
            .agent("old-S0", agent, zxid: 3), .framework("old-0000", framework, zxid: 4),
            .chunk("old-S0", "_", TaskChunk(agent_id: "old-S0", tasks: [record.key: record])),
        ]
        if agentIsLive {
            changes.append(
                .live(
                    "old-S0",
                    LiveAgent(
                        agent_id: "old-S0", pid: "", hostname: "", ip: "", port: 5051, boot_id: "", incarnation: 1, version: "")))
        }
        master.take(.mirror(KernelBatch(changes: changes, isSnapshot: true)))
        return master
    }

    static func running(_ master: MasterHarness) -> AgentRegistration.RunningTask {
        .init(framework_id: "old-0000", task: master.task("t", on: "old-S0"), state: .running, statuses: [])
    }

    @Test("An elected master recovers only when the mirror shows its own leader record")
    func waitsForOwnRecord() throws {
        var master = try Self.standby()
        master.take(.elected(epoch: 9))
        #expect(master.machine.phase == .recovering(epoch: 9))
        master.take(.mirror(KernelBatch(changes: [.leader(LeaderRecord(master_id: "x", pid: "", epoch: 8), zxid: 8)])))
        #expect(master.machine.phase == .recovering(epoch: 9))
        master.take(.mirror(KernelBatch(changes: [.leader(LeaderRecord(master_id: "m", pid: "", epoch: 9), zxid: 10)])))
        #expect(master.machine.phase == .leading(epoch: 9))
    }

    @Test("Tasks are known at once; the agent is offered only after it has told its tasks, without what they use")
    func exactAccounting() throws {
        var master = try Self.standby()
        master.lead(epoch: 9)
        #expect(master.machine.frameworks["old-0000"]?.tasks["t"]?.record.state == .running)
        _ = try master.subscribe("s", id: "old-0000")
        #expect(master.offers("s").isEmpty)
        master.pass(2)
        #expect(master.offers("s").isEmpty)
        let link = master.subscribeAgent(1, id: "old-S0", tasks: [Self.running(master)])
        #expect(master.commands[link]?.map(\.type) == [.registered])
        let offer = try #require(master.offers("s").first)
        #expect(Resources(offer.resources).cpus == 3 && Resources(offer.resources).mem == 896)
    }

    @Test("A resubscribed framework learns nothing bad: no update, RESEND_UPDATES to the agents")
    func noFalseUpdates() throws {
        var master = try Self.standby()
        master.lead(epoch: 9)
        let link = master.subscribeAgent(1, id: "old-S0", tasks: [Self.running(master)])
        _ = try master.subscribe("s", id: "old-0000")
        #expect(master.updates("s").isEmpty)
        #expect(master.commands(link, .resendUpdates).map(\.framework_id) == ["old-0000"])
    }

    @Test("Reconciliation before the agent is back: known tasks are told, unknown ones are met with silence")
    func reconcileInTransition() throws {
        var master = try Self.standby()
        master.lead(epoch: 9)
        let id = try master.subscribe("s", id: "old-0000")
        master.call(.reconcile, id, stream: "s") {
            $0.reconcile = .init(tasks: [.init(task_id: "t"), .init(task_id: "x", agent_id: "old-S0"), .init(task_id: "y")])
        }
        #expect(master.updates("s").map(\.task_id) == ["t"])
        #expect(master.updates("s").first?.state == .running)
        master.subscribeAgent(1, id: "old-S0", tasks: [Self.running(master)])
        master.call(.reconcile, id, stream: "s") {
            $0.reconcile = .init(tasks: [.init(task_id: "x", agent_id: "old-S0"), .init(task_id: "y")])
        }
        #expect(master.updates("s").suffix(2).map(\.state) == [.lost, .lost])
        #expect(
            master.updates("s").suffix(2).map(\.message) == [
                "Reconciliation: Task is unknown to the agent", "Reconciliation: Task is unknown",
            ])
    }

    @Test("The failover timer of a framework that was disconnected before goes on")
    func timerGoesOn() throws {
        var master = try Self.standby { $0.disconnected_at = 1_000_000 - 50 }
        master.lead(epoch: 9)
        master.pass(9)
        #expect(master.machine.frameworks["old-0000"] != nil)
        master.pass(2)
        #expect(master.machine.frameworks["old-0000"] == nil)
        #expect(master.frameworks["old-0000"]?.state == .completed)
    }

    @Test("A framework that was connected to the predecessor has at least ten minutes to come back")
    func graceAfterTakeover() throws {
        var master = try Self.standby()
        master.lead(epoch: 9)
        master.pass(590)
        #expect(master.machine.frameworks["old-0000"] != nil)
        master.pass(20)
        #expect(master.machine.frameworks["old-0000"] == nil)
    }

    @Test("An agent that was gone before the takeover has ten minutes; then its tasks are lost")
    func goneAgent() throws {
        var master = try Self.standby(agentIsLive: false)
        master.lead(epoch: 9)
        _ = try master.subscribe("s", id: "old-0000")
        master.pass(599)
        #expect(master.updates("s").isEmpty)
        master.pass(2)
        #expect(master.updates("s").map(\.state) == [.lost])
    }

    @Test("A record of a predecessor that the mirror brings late is adopted; our own writes coming back are not")
    func lateRecord() throws {
        var master = try Self.standby()
        master.lead(epoch: 9)
        let info = AgentInfo(hostname: "10.0.2.2", resources: MasterHarness.agentTotal, id: "old-S1")
        let late = AgentRecord(
            agent_id: "old-S1", info: info, pid: "slave(1)@10.0.2.2:5051", version: "1.0.3", state: .registered, registered_time: 1)
        master.take(.mirror(KernelBatch(changes: [.agent("old-S1", late, zxid: 9)])))
        #expect(master.machine.agents["old-S1"]?.isRecovered == true)
        var own = late
        own.agent_id = "old-S2"
        master.take(.mirror(KernelBatch(changes: [.agent("old-S2", own, zxid: 11)])))
        #expect(master.machine.agents["old-S2"] == nil)
    }

    @Test("An agent that runs tasks of a removed framework is told to shut it down")
    func removedFrameworkOnReturn() throws {
        var master = try Self.standby { $0.state = .completed }
        master.lead(epoch: 9)
        #expect(master.machine.agents["old-S0"]?.tasks.isEmpty == true)
        let link = master.subscribeAgent(1, id: "old-S0", tasks: [Self.running(master)])
        #expect(master.commands(link, .shutdownFramework).map(\.framework_id) == ["old-0000"])
        #expect(master.machine.allocator.available(on: "old-S0") == Resources(MasterHarness.agentTotal))
    }

    @Test("Ids never repeat in one process, also after a demotion")
    func idsNeverRepeat() throws {
        var master = try MasterHarness()
        let first = try master.addAgent(1).id
        let framework = try master.subscribe("s")
        master.take(.deposed)
        master.lead(epoch: 20)
        let second = try master.addAgent(2).id
        #expect(first != second)
        #expect(try master.subscribe("s2") != framework)
    }
}
