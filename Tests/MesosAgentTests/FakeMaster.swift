import ClusterState
import FoundationEssentials
import Hummingbird
import Logging
import NIOCore
import Platform
import ResourceModel
import Synchronization
import ZooKeeper

/// A leading master as an agent sees it: its znode, the command stream, the reports.
final class FakeMaster: Sendable {
    private struct State {
        var registrations: [AgentRegistration] = []
        var updates: [AgentReport.Update] = []
        var messages: [AgentReport.Message] = []
        var exits: [AgentReport.ExecutorExit] = []
        var streams: [AsyncStream<ByteBuffer>.Continuation] = []
        var epoch: Int64
        var acknowledges = true
        var candidacy: String?
    }

    let agentID: AgentID
    private let state: Mutex<State>

    init(agentID: AgentID, epoch: Int64 = 100) {
        self.agentID = agentID
        state = Mutex(State(epoch: epoch))
    }

    var registrations: [AgentRegistration] { state.withLock { $0.registrations } }
    var updates: [AgentReport.Update] { state.withLock { $0.updates } }
    var messages: [AgentReport.Message] { state.withLock { $0.messages } }
    var exits: [AgentReport.ExecutorExit] { state.withLock { $0.exits } }
    func setAcknowledging(_ value: Bool) { state.withLock { $0.acknowledges = value } }

    /// Serves until cancelled; announces itself in ZooKeeper once it listens.
    func run(client: ZooKeeperClient, ip: String) async throws {
        let router = Router()
        router.post("/agent-link/subscribe") { [self] request, _ in
            let body = try await request.body.collect(upTo: 1 << 24)
            let registration = try JSONDecoder().decode(AgentRegistration.self, from: Data(body.readableBytesView))
            let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
            state.withLock { state in
                state.registrations.append(registration)
                for old in state.streams { old.finish() }
                state.streams = [continuation]
            }
            var command = AgentCommand(type: .registered, epoch: state.withLock { $0.epoch })
            command.agent_id = agentID
            send(command)
            return Response(status: .ok, body: .init(asyncSequence: stream))
        }
        router.post("/agent-link/report") { [self] request, _ in
            let body = try await request.body.collect(upTo: 1 << 24)
            let report = try JSONDecoder().decode(AgentReport.self, from: Data(body.readableBytesView))
            state.withLock { state in
                state.messages += report.messages
                state.exits += report.exits
            }
            for update in report.updates {
                state.withLock { $0.updates.append(update) }
                if state.withLock({ $0.acknowledges }) { acknowledge(update) }
            }
            return Response(status: .accepted)
        }
        let application = HTTPServing.makeApplication(router: router, host: ip, port: 0, logger: Logger(label: "fake-master")) {
            [self] port in
            guard let info = MasterInfo(id: "m", ip: ip, port: port, version: "1.0.3"), let data = try? ClusterJSON.encode(info) else {
                return
            }
            try? await client.createWithParents(MasterElectionPaths.root)
            let path = try? await client.create(
                MasterElectionPaths.root + "/" + MasterElectionPaths.candidacyPrefix, data, mode: .ephemeralSequential)
            state.withLock { $0.candidacy = path }
        }
        try await application.run()
    }

    func acknowledge(_ update: AgentReport.Update) {
        send(.acknowledge) {
            $0.task_id = update.status.task_id
            $0.framework_id = update.framework_id
            $0.uuid = update.status.uuid
        }
    }

    func send(_ kind: AgentCommand.Kind, _ change: (inout AgentCommand) -> Void = { _ in }) {
        var command = AgentCommand(type: kind, epoch: state.withLock { $0.epoch })
        change(&command)
        send(command)
    }

    func send(_ command: AgentCommand) {
        guard let bytes = try? ClusterJSON.encode(command) else { return }
        state.withLock { state in
            for stream in state.streams { stream.yield(RecordIO.frame(bytes)) }
        }
    }

    func launch(_ id: TaskID, _ script: String, _ change: (inout TaskInfo) -> Void = { _ in }) {
        var task = TaskInfo(name: id.value, task_id: id, agent_id: agentID, resources: [.scalar("cpus", 0.1), .scalar("mem", 32)])
        task.command = CommandInfo(shell: script)
        change(&task)
        var framework = FrameworkInfo(user: "root", name: "f")
        framework.id = "f-0000"
        framework.checkpoint = true
        send(.launch) {
            $0.framework_info = framework
            $0.tasks = [task]
        }
    }

    func kill(_ id: TaskID, graceMilliseconds: Int64 = 3000) {
        send(.kill) {
            $0.task_id = id
            $0.framework_id = "f-0000"
            $0.kill_policy = KillPolicy(grace_period: DurationInfo(nanoseconds: graceMilliseconds * 1_000_000))
        }
    }

    func states(of id: TaskID) -> [TaskState] { updates.filter { $0.status.task_id == id }.map(\.status.state) }
    /// Without updates that were sent again: an acknowledgement may not have reached the disk when the agent ended.
    func distinctStates(of id: TaskID) -> [TaskState] {
        var seen: Set<String?> = []
        return updates.filter { $0.status.task_id == id && seen.insert($0.status.uuid).inserted }.map(\.status.state)
    }
    func status(of id: TaskID, _ state: TaskState) -> TaskStatus? {
        updates.last { $0.status.task_id == id && $0.status.state == state }?.status
    }
}
