import ClusterState
import ResourceModel
import Testing

@testable import MesosAgent

@Suite("Decisions of an agent") struct AgentCoreTests {
    private let framework: FrameworkInfo = {
        var framework = FrameworkInfo(user: "root", name: "f")
        framework.id = "f-0000"
        return framework
    }()
    private let key = TaskKey(framework: "f-0000", task: "t")
    private func at(_ seconds: Double) -> AgentCore.Moment { .init(instant: base + .seconds(seconds), time: 1000 + seconds) }
    private let base = ContinuousClock.now

    private func command(_ kind: AgentCommand.Kind, epoch: Int64 = 5, _ change: (inout AgentCommand) -> Void = { _ in }) -> AgentCommand {
        var command = AgentCommand(type: kind, epoch: epoch)
        change(&command)
        return command
    }

    private func connected() -> AgentCore {
        var core = AgentCore(agentID: nil, ip: "10.0.0.1", epoch: 0, seed: 1)
        _ = core.handle(command(.registered) { $0.agent_id = "a-S0" }, at: at(0)) { "c" }
        return core
    }

    private func launch(_ core: inout AgentCore, _ id: TaskID = "t", killing: Bool = false) -> [AgentAction] {
        var info = TaskInfo(name: "n", task_id: id, agent_id: "a-S0", resources: [.scalar("cpus", 1)])
        info.command = CommandInfo(shell: "sleep 1")
        var framework = framework
        if killing { framework.capabilities = [.init(type: "TASK_KILLING_STATE")] }
        return core.handle(
            command(.launch) {
                $0.framework_info = framework
                $0.tasks = [info]
            }, at: at(1)
        ) { "c" }
    }

    private func states(_ actions: [AgentAction]) -> [TaskState] {
        actions.compactMap { if case .persist(_, .update(let status)) = $0 { status.state } else { nil } }
    }

    private func update(_ actions: [AgentAction]) -> TaskStatus? {
        actions.lazy.compactMap { if case .persist(_, .update(let status)) = $0 { status } else { nil } }.first
    }

    private func isKill(_ actions: [AgentAction]) -> Duration? {
        actions.lazy.compactMap { if case .kill(_, let grace) = $0 { grace } else { nil } }.first
    }

    @Test func `a launch is published as staging and started`() {
        var core = connected()
        let actions = launch(&core)
        guard actions.count == 2, case .publish(let record) = actions[0], case .launch = actions[1] else {
            Issue.record("\(actions)")
            return
        }
        #expect(record.state == .staging && record.key == "f-0000/t")
        #expect(launch(&core).isEmpty, "the same order again does nothing")
    }

    @Test func `running is one record with state and address, and an update that waits for the disk`() {
        var core = connected()
        _ = launch(&core)
        let actions = core.started(key, pid: 42, at: at(2))
        guard case .publish(let record)? = actions.first, let uuid = update(actions)?.uuid else {
            Issue.record("\(actions)")
            return
        }
        #expect(record.state == .running)
        #expect(record.statuses.last?.container_status?.network_infos.first?.ip_addresses.first?.ip_address == "10.0.0.1")
        #expect(record.status_update == .init(state: .running, uuid: uuid))
        let sent = core.persisted(key, uuid, at: at(2))
        guard case .send(let update)? = sent.first else {
            Issue.record("\(sent)")
            return
        }
        #expect(update.latest_state == .running && update.status.uuid == uuid)
    }

    @Test func `exit codes and signals become states and the messages clients match`() {
        let cases: [(TaskEnd, Bool, TaskState, String)] = [
            (.code(0), true, .finished, "Command exited with status 0"), (.code(1), false, .failed, "Command exited with status 1"),
            (.code(1), true, .killed, "Command exited with status 1"),
            (.signal(9), false, .failed, "Command terminated with signal Killed"),
            (.signal(15), true, .killed, "Command terminated with signal Terminated"),
            (.memory(limit: 32 << 20, used: 32 << 20), false, .failed, "Memory limit exceeded: Requested: 32MB Maximum Used: 32MB"),
        ]
        for (end, wasKilled, state, message) in cases {
            var core = connected()
            _ = launch(&core)
            _ = core.started(key, pid: 42, at: at(2))
            let status = update(core.exited(key, end, wasKilled: wasKilled, at: at(3)))
            #expect(status?.state == state && status?.message == message)
        }
    }

    @Test func `a kill uses its own policy, then the task's, then 3 s`() {
        var core = connected()
        _ = launch(&core)
        _ = core.started(key, pid: 1, at: at(2))
        let kill = command(.kill) {
            $0.task_id = "t"
            $0.framework_id = "f-0000"
        }
        #expect(isKill(core.handle(kill, at: at(3)) { "c" }) == .seconds(3))
        var short = kill
        short.kill_policy = KillPolicy(grace_period: DurationInfo(nanoseconds: 1_000_000))
        #expect(isKill(core.handle(short, at: at(4)) { "c" }) == .milliseconds(1))
    }

    @Test func `TASK_KILLING is sent only to frameworks that know it, and once`() {
        for knows in [true, false] {
            var core = connected()
            _ = launch(&core, killing: knows)
            _ = core.started(key, pid: 1, at: at(2))
            let kill = command(.kill) {
                $0.task_id = "t"
                $0.framework_id = "f-0000"
            }
            #expect(states(core.handle(kill, at: at(3)) { "c" }) == (knows ? [.killing] : []))
            #expect(states(core.handle(kill, at: at(4)) { "c" }) == [])
        }
    }

    @Test func `the record goes when the terminal update is acknowledged`() throws {
        var core = connected()
        _ = launch(&core)
        let running = try #require(update(core.started(key, pid: 1, at: at(2)))?.uuid)
        let finished = try #require(update(core.exited(key, .code(0), wasKilled: false, at: at(3)))?.uuid)
        _ = core.persisted(key, running, at: at(3)) + core.persisted(key, finished, at: at(3))
        func acknowledge(_ uuid: String) -> [AgentAction] {
            core.handle(
                command(.acknowledge) {
                    $0.task_id = "t"
                    $0.framework_id = "f-0000"
                    $0.uuid = uuid
                }, at: at(4)
            ) { "c" }
        }
        #expect(!acknowledge(running).contains { if case .retract = $0 { true } else { false } })
        #expect(acknowledge(finished).contains { if case .retract = $0 { true } else { false } })
        #expect(core.tasks.isEmpty && core.frameworks.isEmpty)
    }

    @Test func `a command of a lower epoch is ignored`() {
        var core = connected()
        _ = core.handle(command(.ping, epoch: 9), at: at(1)) { "c" }
        #expect(core.handle(command(.kill, epoch: 8) { $0.task_id = "t" }, at: at(1)) { "c" }.isEmpty)
        #expect(!core.admits(epoch: 8) && core.admits(epoch: 9) && core.epoch == 9)
    }

    @Test func `a task nobody knows here is lost`() {
        var core = connected()
        let actions = core.handle(command(.reconcile) { $0.expected = [.init(task_id: "x", framework_id: "f-0000")] }, at: at(1)) { "c" }
        guard case .send(let update)? = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(update.status.state == .lost && update.status.reason == "REASON_RECONCILIATION" && update.status.uuid != nil)
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\\b", "a\nb", String(repeating: "x", count: 300)])
    func `an id that cannot be a directory is an error and touches no disk`(id: String) {
        var core = connected()
        let actions = launch(&core, TaskID(id))
        guard actions.count == 1, case .send(let update) = actions[0] else {
            Issue.record("\(actions)")
            return
        }
        #expect(update.status.state == .error && update.status.reason == "REASON_TASK_INVALID")
        #expect(core.tasks.isEmpty)
    }

    @Test func `an order to shut down kills everything and ends in a new agent`() throws {
        var core = connected()
        _ = launch(&core)
        _ = core.started(key, pid: 1, at: at(2))
        #expect(isKill(core.handle(command(.shutdown), at: at(3)) { "c" }) != nil)
        let info = AgentInfo(hostname: "h", resources: [])
        #expect(core.registration(info: info, pid: "p", incarnation: 1, version: "1") == nil)
        let end = core.exited(key, .signal(15), wasKilled: true, at: at(4))
        #expect(end.contains { if case .forget = $0 { true } else { false } })
        core.forgot()
        let registration = try #require(core.registration(info: info, pid: "p", incarnation: 1, version: "1"))
        #expect(registration.agent_info.id == nil && registration.tasks.isEmpty)
    }

    @Test func `a lost connection holds updates back, registering again sends every head`() throws {
        var core = connected()
        _ = launch(&core)
        core.disconnected()
        let uuid = try #require(update(core.started(key, pid: 1, at: at(2)))?.uuid)
        #expect(core.persisted(key, uuid, at: at(2)).isEmpty)
        let actions = core.handle(command(.registered) { $0.agent_id = "a-S0" }, at: at(3)) { "c" }
        #expect(actions.contains { if case .send(let update) = $0 { update.status.uuid == uuid } else { false } })
    }
}
