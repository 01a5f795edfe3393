import ResourceModel
import Testing

@testable import MesosAgent

@Suite("A custom executor's life") struct ExecutorMachineTests {
    private let base = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { base + .seconds(seconds) }
    private let info = ExecutorInfo(executor_id: "e", command: CommandInfo(shell: "run"))
    private let key = ExecutorKey(framework: "f", executor: "e")
    private let welcome = ExecutorEvent(type: .heartbeat)

    private func machine() -> ExecutorMachine {
        ExecutorMachine(key, info, containerID: "c", launchTime: 1, limits: .init(), now: at(0))
    }

    private func recovered(_ tasks: [TaskID: Bool], updates: [String] = ["u"]) -> ExecutorMachine {
        .recovered(key, info, containerID: "c", launchTime: 1, limits: .init(), tasks: tasks, updates: updates, now: at(0))
    }

    private func task(_ id: TaskID) -> TaskInfo { TaskInfo(name: id.value, task_id: id, agent_id: "a", resources: []) }

    private func status(_ id: TaskID, _ state: TaskState, _ uuid: String) -> TaskStatus {
        var status = TaskStatus(task_id: id, state: state)
        status.uuid = uuid
        return status
    }

    private func running(_ tasks: [TaskID]) -> ExecutorMachine {
        var machine = machine()
        for id in tasks {
            machine.launch(task(id))
            _ = machine.checkpointed(id)
        }
        _ = machine.subscribed(.init(), welcome: welcome, now: at(1))
        return machine
    }

    private func kinds(_ actions: [ExecutorMachine.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .tell(let event):
                event.type.rawValue
                    + (event.launch?.task.task_id ?? event.kill?.task_id ?? event.acknowledged?.task_id).map { " \($0)" }.orEmpty
            case .close: "close"
            case .accept(let status): "accept \(status.state.rawValue)"
            case .end(let task, let ending): "end \(task) \(ending.state.rawValue) \(ending.reason ?? "-")"
            case .destroy(let grace): "destroy \(grace)"
            case .exited(let status): "exited \(status)"
            }
        }
    }

    @Test func `tasks wait for the subscription and their checkpoints and keep their order`() {
        var machine = machine()
        for id in ["b", "a", "c"] as [TaskID] { machine.launch(task(id)) }
        #expect(machine.checkpointed("a").isEmpty)
        #expect(kinds(machine.subscribed(.init(), welcome: welcome, now: at(1))) == ["HEARTBEAT"])
        #expect(kinds(machine.checkpointed("c")).isEmpty)
        #expect(kinds(machine.checkpointed("b")) == ["LAUNCH b", "LAUNCH a", "LAUNCH c"])
    }

    @Test func `an update is acknowledged once it is on disk, and again when it is sent again`() {
        var machine = running(["t"])
        #expect(kinds(machine.received(status("t", .running, "u1"))) == ["accept TASK_RUNNING"])
        #expect(machine.received(status("t", .running, "u1")).isEmpty, "on its way already")
        #expect(kinds(machine.persisted("u1")) == ["ACKNOWLEDGED t"])
        #expect(kinds(machine.received(status("t", .running, "u1"))) == ["ACKNOWLEDGED t"])
        #expect(kinds(machine.received(status("nobody", .running, "u2"))) == ["ACKNOWLEDGED nobody"])
    }

    @Test func `one that does not register in time is destroyed and its tasks fail`() {
        var machine = machine()
        machine.launch(task("t"))
        #expect(machine.tick(now: at(59)).isEmpty)
        #expect(kinds(machine.tick(now: at(60))) == ["destroy 0.0 seconds"])
        let end = machine.exited(.signal(9))
        #expect(kinds(end) == ["close", "end t TASK_FAILED REASON_EXECUTOR_REGISTRATION_TIMEOUT", "exited 9"])
        guard case .end(_, let ending) = end[1] else { return }
        #expect(ending.message == "Executor did not register within 1mins")
    }

    @Test func `when it exits, its tasks fail and its status is told`() {
        var machine = running(["t", "u"])
        _ = machine.received(status("u", .finished, "x"))
        machine.launch(task("queued"))
        #expect(
            kinds(machine.exited(.code(3)))
                == [
                    "close", "end queued TASK_FAILED REASON_EXECUTOR_TERMINATED", "end t TASK_FAILED REASON_EXECUTOR_TERMINATED",
                    "exited 768",
                ])
        #expect(machine.exited(.code(3)).isEmpty)
    }

    @Test func `a task killed in the queue never reaches it; without any other task it is ended`() {
        var machine = machine()
        machine.launch(task("t"))
        #expect(kinds(machine.kill("t", nil)) == ["end t TASK_KILLED REASON_EXECUTOR_UNREGISTERED", "destroy 0.0 seconds"])
        var running = running([])
        running.launch(task("t"))
        #expect(kinds(running.kill("t", nil)) == ["end t TASK_KILLED -"])
        #expect(running.checkpointed("t").isEmpty)
    }

    @Test func `a kill while it is not connected is told when it is back`() {
        var machine = running(["t"])
        _ = machine.received(status("t", .running, "u"))
        machine.disconnected()
        #expect(machine.kill("t", nil).isEmpty)
        let back = machine.subscribed(.init(unacknowledged_tasks: [task("t")]), welcome: welcome, now: at(2))
        #expect(kinds(back) == ["HEARTBEAT", "KILL t"])
    }

    @Test func `a shutdown is told and enforced after the grace period`() {
        var machine = running(["t"])
        #expect(kinds(machine.shutdown(now: at(10))) == ["SHUTDOWN"])
        #expect(machine.tick(now: at(14.9)).isEmpty)
        #expect(kinds(machine.tick(now: at(15))) == ["destroy 0.0 seconds"])
        #expect(kinds(machine.subscribed(.init(), welcome: welcome, now: at(16))) == ["SHUTDOWN", "close"])
    }

    @Test func `after a restart a task it does not know is lost, the others go on, updates on disk are only acknowledged`() {
        var machine = recovered(["known": true, "new": false, "missed": false], updates: ["u1"])
        let call = ExecutorCall.Subscribe(
            unacknowledged_tasks: [task("new")],
            unacknowledged_updates: [.init(status: status("known", .running, "u1")), .init(status: status("known", .finished, "u2"))])
        #expect(
            kinds(machine.subscribed(call, welcome: welcome, now: at(1)))
                == ["HEARTBEAT", "ACKNOWLEDGED known", "accept TASK_FINISHED", "end missed TASK_LOST REASON_AGENT_RESTARTED"])
        #expect(Set(machine.launched.keys) == ["new"])
    }

    @Test func `one that does not come back after a restart is destroyed and its tasks are lost`() {
        var machine = recovered(["t": true])
        #expect(kinds(machine.tick(now: at(2))) == ["destroy 0.0 seconds"])
        #expect(kinds(machine.exited(.signal(9)))[1] == "end t TASK_LOST REASON_EXECUTOR_REREGISTRATION_TIMEOUT")
        var died = recovered(["t": true])
        #expect(kinds(died.exited(.code(1)))[1] == "end t TASK_FAILED REASON_EXECUTOR_TERMINATED", "it had ended by itself")
    }

    @Test func `a connected one gets a heartbeat every 30 seconds`() {
        var machine = running([])
        #expect(machine.tick(now: at(30.9)).isEmpty)
        #expect(kinds(machine.tick(now: at(31))) == ["HEARTBEAT"])
        #expect(machine.tick(now: at(32)).isEmpty)
        machine.disconnected()
        #expect(machine.tick(now: at(100)).isEmpty)
    }

    /// Whatever happens in whatever order: each task gets at most one LAUNCH per subscription, never before its checkpoint,
    /// and exactly one end; no update is acknowledged before it is on disk.
    @Test(arguments: 0..<300) func `every task ends once and no update is acknowledged early`(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        var machine = machine()
        var now = 0.0
        var next = 0
        var tasks: Set<TaskID> = []
        var checkpointed: Set<TaskID> = []
        var inFlight: [String] = []
        var launched: Set<TaskID> = []
        var ended: [TaskID: Int] = [:]

        func take(_ actions: [ExecutorMachine.Action]) {
            for action in actions {
                switch action {
                case .tell(let event):
                    if let id = event.launch?.task.task_id {
                        #expect(checkpointed.contains(id), "seed \(seed): launched before its checkpoint")
                        #expect(launched.insert(id).inserted, "seed \(seed): launched twice")
                    }
                    if let acknowledged = event.acknowledged, inFlight.contains(acknowledged.uuid) {
                        Issue.record("seed \(seed): acknowledged too early")
                    }
                case .accept(let status):
                    guard let uuid = status.uuid else { continue }
                    inFlight.append(uuid)
                    if status.state.isTerminal { ended[status.task_id, default: 0] += 1 }
                case .end(let id, _): ended[id, default: 0] += 1
                case .close, .destroy, .exited: break
                }
            }
        }

        for _ in 0..<60 {
            now += Double.random(in: 0...3, using: &random)
            let any = tasks.sorted().randomElement(using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1, 2:
                guard !machine.isOver else { continue }
                next += 1
                let id = TaskID("t\(next)")
                tasks.insert(id)
                machine.launch(task(id))
            case 3, 4, 5:
                guard let any else { continue }
                checkpointed.insert(any)
                take(machine.checkpointed(any))
            case 6:
                let known = launched.sorted().filter { _ in Bool.random(using: &random) }
                take(machine.subscribed(.init(unacknowledged_tasks: known.map(task)), welcome: welcome, now: at(now)))
            case 7: machine.disconnected()
            case 8:
                guard let any else { continue }
                next += 1
                let state: TaskState = Bool.random(using: &random) ? .running : .finished
                take(machine.received(status(any, state, "u\(next)")))
            case 9:
                guard !inFlight.isEmpty else { continue }
                let uuid = inFlight.removeFirst()
                take(machine.persisted(uuid))
            case 10:
                guard let any else { continue }
                take(machine.kill(any, nil))
            default:
                if Int.random(in: 0..<8, using: &random) == 0 { take(machine.shutdown(now: at(now))) }
                take(machine.tick(now: at(now)))
            }
        }
        take(machine.exited(.code(0)))
        #expect(machine.state == .terminated)
        for id in tasks { #expect(ended[id] == 1, "seed \(seed): \(id) ended \(ended[id] ?? 0) times") }
    }
}

extension String? {
    fileprivate var orEmpty: String { self ?? "" }
}
