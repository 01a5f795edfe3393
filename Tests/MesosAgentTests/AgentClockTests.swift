import ClusterState
import FoundationEssentials
import Glibc
import ResourceModel
import TaskProcess
import Testing

@testable import MesosAgent

/// Whatever happens to the wall clock, what an agent waits for comes when it is due.
@Suite("An agent and the clock") struct AgentClockTests {
    private let base = ContinuousClock.now
    private let key = TaskKey(framework: "f-0000", task: "t")

    /// - time: of the wall clock, which somebody sets.
    private func at(_ seconds: Double, time: Double) -> AgentCore.Moment { .init(instant: base + .seconds(seconds), time: time) }

    private func registered(_ id: AgentID) -> AgentCommand {
        var command = AgentCommand(type: .registered, epoch: 5)
        command.agent_id = id
        return command
    }

    private func core(_ change: (inout TaskInfo) -> Void = { _ in }) -> AgentCore {
        var core = AgentCore(agentID: nil, ip: "10.0.0.1", epoch: 0, seed: 1)
        _ = core.handle(registered("a-S0"), at: at(0, time: 1_000_000)) { "c" }
        var info = TaskInfo(name: "n", task_id: "t", agent_id: "a-S0", resources: [])
        info.command = CommandInfo(shell: "sleep 1")
        change(&info)
        var launch = AgentCommand(type: .launch, epoch: 5)
        launch.framework_info = FrameworkInfo(user: "root", name: "f")
        launch.framework_info?.id = "f-0000"
        launch.tasks = [info]
        _ = core.handle(launch, at: at(1, time: 1_000_001)) { "c" }
        return core
    }

    private func sent(_ actions: [AgentAction]) -> Int { actions.count { if case .send = $0 { true } else { false } } }

    @Test(arguments: [0.0, 1_000_000, 4_000_000_000]) func `an update is sent again after ten seconds`(clock: Double) {
        var core = core()
        var uuid: String?
        for case .persist(_, .update(let status)) in core.started(key, pid: 42, at: at(2, time: clock)) { uuid = status.uuid }
        #expect(sent(core.persisted(key, uuid ?? "", at: at(2, time: clock))) == 1)
        #expect(sent(core.tick(at: at(11.9, time: clock * 2))) == 0)
        #expect(sent(core.tick(at: at(12.1, time: clock / 2))) == 1)
    }

    @Test(arguments: [0.0, 4_000_000_000]) func `an executor has its time to register and a task its time to run`(clock: Double) {
        var core = core { info in
            info.command = nil
            info.executor = ExecutorInfo(executor_id: "e", command: CommandInfo(shell: "run"))
            info.max_completion_time = DurationInfo(nanoseconds: 5_000_000_000)
        }
        let executor = ExecutorKey(framework: "f-0000", executor: "e")
        #expect(core.tick(at: at(50, time: clock)).isEmpty)
        _ = core.checkpointed(key, failure: nil, at: at(50, time: clock))
        _ = core.subscribed(executor, .init(), agent: AgentInfo(hostname: "h", resources: [], attributes: []), at: at(50, time: clock))
        var status = TaskStatus(task_id: "t", state: .running)
        status.uuid = "u1"
        _ = core.updated(executor, status, at: at(51, time: clock))
        func kills(_ actions: [AgentAction]) -> Int {
            actions.count { if case .tellExecutor(_, let event) = $0 { event.type == .kill } else { false } }
        }
        #expect(kills(core.tick(at: at(55.9, time: clock + 1_000_000))) == 0)
        #expect(kills(core.tick(at: at(56.1, time: clock - 1_000_000))) == 1)
        #expect(kills(core.tick(at: at(57, time: clock))) == 0, "it is told once")
    }

    @Test func `the timestamps of a task's updates never go back`() {
        var core = core()
        var times: [Double] = []
        for case .persist(_, .update(let status)) in core.started(key, pid: 42, at: at(2, time: 2_000_000)) {
            times.append(status.timestamp ?? 0)
        }
        for case .persist(_, .update(let status)) in core.exited(key, .code(0), wasKilled: false, at: at(3, time: 5)) {
            times.append(status.timestamp ?? 0)
        }
        #expect(times.count == 2 && times[0] < times[1])
    }

    @Test func `a master that takes the agent for another one is not listened to`() {
        var core = core()
        #expect(core.handle(registered("b-S9"), at: at(5, time: 1_000_005)) { "c" }.isEmpty)
        #expect(core.agentID == "a-S0")
    }

    @Test func `an update of a task that is not here is acknowledged and changes nothing`() {
        var core = core { info in
            info.command = nil
            info.executor = ExecutorInfo(executor_id: "e", command: CommandInfo(shell: "run"))
        }
        let executor = ExecutorKey(framework: "f-0000", executor: "e")
        _ = core.subscribed(executor, .init(), agent: AgentInfo(hostname: "h", resources: [], attributes: []), at: at(2, time: 1))
        var status = TaskStatus(task_id: "nobody's", state: .running)
        status.uuid = "u1"
        let actions = core.updated(executor, status, at: at(3, time: 1))
        guard actions.count == 1, case .tellExecutor(_, let event) = actions[0] else {
            Issue.record("\(actions)")
            return
        }
        #expect(event.acknowledged?.uuid == "u1" && core.tasks.count == 1)
    }

    @Test func `the age of a process is counted from its start, not from a file's time`() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let own = try #require(ProcessTable.entry(of: getpid()))
        try scratch.write("record", "\(own.pid) \(own.startTime)\n")
        var old = [timespec(tv_sec: 5, tv_nsec: 0), timespec(tv_sec: 5, tv_nsec: 0)]
        utimensat(AT_FDCWD, scratch.path + "/record", &old, 0)
        #expect(TaskLimits.age(of: scratch.path + "/record") < .seconds(86_400))
        #expect(TaskLimits.age(of: scratch.path + "/none") == .zero)
    }
}
