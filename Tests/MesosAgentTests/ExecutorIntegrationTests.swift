import AsyncHTTPClient
import ClusterState
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import ResourceModel
import TaskProcess
import Testing
import ZooKeeper

@testable import MesosAgent

/// Custom executors against a real agent: the executor is a real program of its own; only the master is played.
@Suite("Custom executors", .serialized) struct ExecutorIntegrationTests {
    private func launch(
        _ world: AgentWorld, _ id: TaskID, _ data: String = "run", executor: ExecutorID = "ex", command: String? = nil,
        _ change: (inout TaskInfo) -> Void = { _ in }
    ) {
        world.master.launch(id, "") { task in
            task.command = nil
            task.data = Data(data.utf8).base64EncodedString()
            var info = ExecutorInfo(
                executor_id: executor, command: CommandInfo(shell: command ?? "exec python3 \(world.work)/executor.py"))
            info.resources = [.scalar("cpus", 0.1), .scalar("mem", 64)]
            task.executor = info
            change(&task)
        }
    }

    private func withAgentWorld(_ body: @escaping @Sendable (AgentWorld) async throws -> Void) async throws {
        try await AgentWorld.with { world in
            let file = open(world.work + "/executor.py", O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            try SandboxFile.write(Array(ExecutorProgram.source.utf8), to: file)
            close(file)
            try await body(world)
        }
    }

    private func registered(_ world: AgentWorld) async throws {
        try await eventually("registered") { !world.master.registrations.isEmpty }
    }

    @Test func `several tasks in one executor, messages both ways, a kill, and the end by shutdown`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            try await world.withAgent {
                try await registered(world)
                launch(world, "one")
                launch(world, "two", "finish")
                try await eventually("both", detail: { world.output() }) {
                    master.states(of: "one") == [.running] && master.states(of: "two") == [.running, .finished]
                }
                let status = master.status(of: "one", .running)
                #expect(status?.executor_id == "ex" && status?.source == "SOURCE_EXECUTOR" && status?.agent_id == master.agentID)
                #expect(status?.message == "by executor" && status?.timestamp != nil)
                #expect(status?.container_status?.network_infos.first?.ip_addresses.first?.ip_address == world.ip)
                #expect(try await world.records()["one"]?.executor_id == "ex")
                master.send(.message) {
                    $0.framework_id = "f-0000"
                    $0.executor_id = "ex"
                    $0.data = Data("hello".utf8).base64EncodedString()
                }
                try await eventually("echo") { master.messages.first?.data == Data("echo:hello".utf8).base64EncodedString() }
                launch(world, "three")
                try await eventually("three") { master.states(of: "three") == [.running] }
                #expect(master.status(of: "three", .running)?.container_status?.container_id == status?.container_status?.container_id)
                master.kill("three")
                try await eventually("killed") { master.states(of: "three") == [.running, .killed] }
                master.send(.shutdownExecutor) {
                    $0.framework_id = "f-0000"
                    $0.executor_id = "ex"
                }
                try await eventually("exit") { master.exits.map(\.status) == [0] }
                try await eventually("one is over") { master.states(of: "one") == [.running, .failed] }
                #expect(master.status(of: "one", .failed)?.reason == "REASON_EXECUTOR_TERMINATED")
                try await eventually("no record") { try await world.records().isEmpty }
            }
        }
    }

    @Test func `an executor that dies takes its tasks with it and its wait status is told`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            try await world.withAgent {
                try await registered(world)
                launch(world, "one")
                try await eventually("one", detail: { world.output() }) { master.states(of: "one") == [.running] }
                launch(world, "two", "exit 7")
                try await eventually("ends") { master.states(of: "one").last == .failed && master.states(of: "two").last == .failed }
                try await eventually("exit") { master.exits.map(\.status) == [7 << 8] }
                #expect(master.status(of: "one", .failed)?.message == "Executor terminated")
                launch(world, "bad", executor: "other", command: "exec /no/such/program")
                try await eventually("bad") { master.states(of: "bad") == [.failed] }
            }
        }
    }

    @Test func `executor and tasks outlive the agent; what happened meanwhile is told by the next one`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            try await world.withAgent {
                try await registered(world)
                launch(world, "one")
                try await eventually("one", detail: { world.output() }) { master.states(of: "one") == [.running] }
            }
            let pid = Int32(master.status(of: "one", .running)?.container_status?.executor_pid ?? 0)
            #expect(ProcessTable.entry(of: pid) != nil)
            let before = master.registrations.count
            try await world.withAgent({ $0.executorReregistrationTimeout = MesosDuration(.seconds(30)) }) {
                try await eventually("again") { master.registrations.count > before }
                #expect(master.registrations.last?.executors.map(\.executor.executor_id) == ["ex"])
                #expect(master.registrations.last?.tasks.map(\.task.task_id) == ["one"])
                launch(world, "two")
                try await eventually("two", detail: { world.output() }) { master.states(of: "two") == [.running] }
                #expect(master.distinctStates(of: "one") == [.running], "\(master.updates)")
                #expect(ProcessTable.entry(of: pid) != nil)
                master.kill("one")
                try await eventually("killed", detail: { "\(master.updates) \(world.output())" }) {
                    master.distinctStates(of: "one") == [.running, .killed]
                }
                master.send(.shutdownFramework) { $0.framework_id = "f-0000" }
                try await eventually("gone") { ProcessTable.entry(of: pid) == nil }
                try await eventually("no record") { try await world.records().isEmpty }
                try await eventually("told once") { master.status(of: "two", .killed)?.reason == "REASON_FRAMEWORK_REMOVED" }
            }
        }
    }

    @Test func `an executor that does not come back after a restart is destroyed and its tasks are lost`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            try await world.withAgent {
                try await registered(world)
                launch(world, "one")
                try await eventually("one", detail: { world.output() }) { master.states(of: "one") == [.running] }
            }
            let pid = Int32(master.status(of: "one", .running)?.container_status?.executor_pid ?? 0)
            kill(pid, SIGSTOP)
            try await world.withAgent {
                try await eventually("lost") { master.states(of: "one").last == .lost }
                #expect(master.status(of: "one", .lost)?.reason == "REASON_EXECUTOR_REREGISTRATION_TIMEOUT")
                #expect(master.status(of: "one", .lost)?.message == "Executor did not re-register within 2secs")
                try await eventually("dead") { ProcessTable.entry(of: pid) == nil }
            }
        }
    }

    @Test func `an executor that never subscribes is destroyed after its timeout`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            try await world.withAgent({ $0.executorRegistrationTimeout = MesosDuration(.seconds(1)) }) {
                try await registered(world)
                launch(world, "one", command: "exec sleep 1000")
                try await eventually("failed") { master.states(of: "one") == [.failed] }
                #expect(master.status(of: "one", .failed)?.reason == "REASON_EXECUTOR_REGISTRATION_TIMEOUT")
                try await eventually("exit") { master.exits.map(\.status) == [9] || master.exits.map(\.status) == [15] }
            }
        }
    }

    @Test func `calls are refused in the order of the contract`() async throws {
        try await withAgentWorld { world in
            try await world.withAgent {
                try await registered(world)
                @Sendable func status(_ body: String, type: String? = "application/json", method: String = "POST") async throws -> String {
                    var request = HTTPClientRequest(url: "http://\(world.ip):\(AgentWorld.port)/slave(1)/api/v1/executor")
                    request.method = .init(rawValue: method)
                    if let type { request.headers.add(name: "Content-Type", value: type) }
                    if method == "POST" { request.body = .bytes(ByteBuffer(string: body)) }
                    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                    return "\(response.status.code) \(String(buffer: try await response.body.collect(upTo: 65536)))"
                }
                let ids = #""framework_id":{"value":"f-0000"},"executor_id":{"value":"ex"}"#
                let uuid = Data(repeating: 0x41, count: 16).base64EncodedString()
                func update(_ more: String) -> String {
                    #"{"type":"UPDATE",\#(ids),"update":{"status":{"task_id":{"value":"t"},"state":"TASK_RUNNING"\#(more)}}}"#
                }
                #expect(try await status("", method: "GET").hasPrefix("405"))
                #expect(try await status("{}", type: nil).hasPrefix("400 Expecting 'Content-Type'"))
                #expect(try await status("{}", type: "text/plain").hasPrefix("415"))
                #expect(try await status("no json").hasPrefix("400 Failed to parse body into JSON"))
                #expect(try await status("{}") == "400 Failed to validate Executor::Call: Expecting 'type' to be present")
                #expect(try await status(update("")) == "400 Failed to validate Executor::Call: Expecting 'uuid' to be present")
                #expect(try await status(update(#","uuid":"QQ==""#)) == "400 Failed to validate Executor::Call: Not a valid UUID")
                #expect(try await status(update(#","uuid":"\#(uuid)""#)).contains("expecting 'SOURCE_EXECUTOR'"))
                let good = update(#","uuid":"\#(uuid)","source":"SOURCE_EXECUTOR""#)
                #expect(try await status(good) == "400 Framework cannot be found")
                launch(world, "one", command: "exec sleep 1000")
                try await eventually("not subscribed") { try await status(good) == "403 Executor is not subscribed" }
                #expect(
                    try await status(good.replacing(#"{"value":"ex"}"#, with: #"{"value":"other"}"#)) == "400 Executor cannot be found")
                world.master.send(.shutdownFramework) { $0.framework_id = "f-0000" }
                try await eventually("over") { try await world.records().isEmpty }
            }
        }
    }

    @Test func `volumes are made before a launch that uses them, linked, told at registration, and taken away`() async throws {
        try await withAgentWorld { world in
            let master = world.master
            var volume = Resource.scalar("disk", 10, role: "r")
            volume.reservation = .init(principal: "p")
            volume.disk = .init(persistence: .init(id: "v"), volume: Volume(container_path: "data", mode: "RW"))
            let directory = world.work + "/volumes/roles/r/v"
            try await world.withAgent { [volume] in
                try await registered(world)
                master.launch("early", "true") { $0.resources.append(volume) }
                try await eventually("unknown") { master.states(of: "early") == [.lost] }
                #expect(master.status(of: "early", .lost)?.reason == "REASON_RESOURCES_UNKNOWN")
                master.send(.checkpointResources) { $0.resources = [volume] }
                master.launch("writes", "echo kept > data/file") { $0.resources.append(volume) }
                try await eventually("written") { master.states(of: "writes").last == .finished }
                #expect(FileText.read(directory + "/file") == "kept\n")
            }
            let before = master.registrations.count
            try await world.withAgent { [volume] in
                try await eventually("again") { master.registrations.count > before }
                #expect(master.registrations.last?.checkpointed_resources == [volume])
                #expect(FileText.read(directory + "/file") == "kept\n")
                master.send(.checkpointResources) { $0.resources = [] }
                try await eventually("gone") { DirectoryTree.information(directory) == nil }
            }
        }
    }
}
