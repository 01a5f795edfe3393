import AsyncHTTPClient
import ClusterState
import EnsembleTesting
import FoundationEssentials
import Logging
import NIOCore
import NIOHTTP1
import Platform
import ResourceModel
import ServiceLifecycle
import Synchronization
import ZooKeeper

@testable import MesosMaster

struct DeadlineExceeded: Error, CustomStringConvertible {
    let what: String
    var description: String { "not within the deadline: \(what)" }
}

/// Waits until a value is there.
@discardableResult
func eventually<Value>(_ what: String, within deadline: Duration = .seconds(30), _ value: () async throws -> Value?) async throws -> Value {
    let end = ContinuousClock.now + deadline
    while true {
        if let result = try await value() { return result }
        guard ContinuousClock.now < end else { throw DeadlineExceeded(what: what) }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Runs a service beside a body and ends it, waiting for its end.
func running<Result: Sendable>(
    _ service: @escaping @Sendable () async throws -> Void, _ body: () async throws -> Result
) async throws -> Result {
    let task = Task { try await service() }
    do {
        let result = try await body()
        task.cancel()
        _ = await task.result
        return result
    } catch {
        task.cancel()
        _ = await task.result
        throw error
    }
}

/// A master in this process, on a real ensemble.
final class MasterUnderTest: Sendable {
    let port: Int
    let address: String
    private let group: ServiceGroup

    /// - address: the loopback address of its ZooKeeper server; tests reserve those.
    init(_ ensemble: TestEnsemble, port: Int, _ change: (inout Configuration) -> Void = { _ in }) {
        self.port = port
        address = String(ensemble.servers[0].prefix { $0 != ":" })
        var configuration = Configuration(zk: "zk://\(ensemble.connectString)/mesos", ip: address)
        configuration.port = port
        configuration.zkSessionTimeout = 2
        change(&configuration)
        let logger = Logger(label: "master-\(port)") { _ in SwiftLogNoOpLogHandler() }
        group = ServiceGroup(
            configuration: .init(services: [MasterService(configuration: configuration, logger: logger)], logger: logger))
    }

    func run() async throws { try await group.run() }
    func shutDown() async { await group.triggerGracefulShutdown() }

    func get(_ path: String) async throws -> (status: Int, headers: [String: String], body: String) {
        try await send(.GET, path)
    }

    func post(_ path: String, _ body: String, headers: [String: String] = ["Content-Type": "application/json"]) async throws -> (
        status: Int, headers: [String: String], body: String
    ) {
        try await send(.POST, path, headers, body)
    }

    func call(_ call: SchedulerCall, stream: String?) async throws -> (status: Int, headers: [String: String], body: String) {
        var headers = ["Content-Type": "application/json"]
        headers["Mesos-Stream-Id"] = stream
        return try await post("/api/v1/scheduler", String(decoding: try ClusterJSON.encode(call), as: UTF8.self), headers: headers)
    }

    func send(
        _ method: HTTPMethodName, _ path: String, _ headers: [String: String] = [:], _ body: String? = nil
    ) async throws -> (status: Int, headers: [String: String], body: String) {
        var request = HTTPClientRequest(url: "http://\(address):\(port)\(path)")
        request.method = .init(rawValue: method.rawValue)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await Self.client.execute(request, timeout: .seconds(10))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 24))
        return (Int(response.status.code), Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }, text)
    }

    enum HTTPMethodName: String { case GET, POST, PUT, DELETE }

    /// Redirects are what is tested.
    static let client = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow, decompression: .disabled))

    /// Opens a stream and keeps its records until the task is cancelled or the stream ends.
    func stream<Event: Decodable & Sendable>(
        _ path: String, _ body: Data, into record: @escaping @Sendable (Event, String?) async throws -> Void
    ) async throws {
        var request = HTTPClientRequest(url: "http://\(address):\(port)\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await Self.client.execute(request, timeout: .hours(1))
        guard response.status.code == 200 else { throw DeadlineExceeded(what: "\(path) answered \(response.status.code)") }
        var decoder = RecordIODecoder()
        for try await chunk in response.body {
            for frame in try decoder.append(chunk) {
                try await record(
                    try ClusterJSON.decode(Event.self, from: Data(frame.readableBytesView)), response.headers.first(name: "Mesos-Stream-Id")
                )
            }
        }
    }
}

/// A scheduler that keeps what it hears.
final class ScriptedScheduler: Sendable {
    private struct Heard {
        var events: [SchedulerEvent] = []
        var stream: String?
        var hasEnded = false
    }
    private let heard = Mutex(Heard())

    var events: [SchedulerEvent] { heard.withLock { $0.events } }
    var stream: String? { heard.withLock { $0.stream } }
    var hasEnded: Bool { heard.withLock { $0.hasEnded } }
    var id: FrameworkID? { events.first?.subscribed?.framework_id }
    var offers: [Offer] { events.flatMap { $0.offers?.offers ?? [] } }
    var updates: [TaskStatus] { events.compactMap { $0.update?.status } }

    func run(on master: MasterUnderTest, id: FrameworkID? = nil) async throws {
        var info = FrameworkInfo(user: "root", name: "scripted")
        info.failover_timeout = 3600
        info.id = id
        var call = SchedulerCall(type: .subscribe, framework_id: id)
        call.subscribe = .init(framework_info: info)
        defer { heard.withLock { $0.hasEnded = true } }
        try await master.stream("/api/v1/scheduler", try ClusterJSON.encode(call)) { (event: SchedulerEvent, stream) in
            self.heard.withLock {
                $0.events.append(event)
                $0.stream = stream
            }
        }
    }
}

/// An agent that registers, keeps its live node, "runs" every task and kills it when told.
final class ScriptedAgent: Sendable {
    private struct State {
        var id: AgentID?
        var tasks: [String: AgentRegistration.RunningTask] = [:]
        var commands: [AgentCommand] = []
    }
    private let state = Mutex(State())
    private let zooKeeper: ZooKeeperClient

    init(_ zooKeeper: ZooKeeperClient) { self.zooKeeper = zooKeeper }

    var id: AgentID? { state.withLock { $0.id } }
    var commands: [AgentCommand] { state.withLock { $0.commands } }

    /// Until the stream ends.
    func run(on master: MasterUnderTest) async throws {
        let (id, tasks) = state.withLock { ($0.id, $0.tasks.values) }
        let info = AgentInfo(
            hostname: "10.0.2.1", resources: [.scalar("cpus", 4), .scalar("mem", 1024), .ranges("ports", [1025...2180])], id: id)
        let registration = AgentRegistration(
            agent_info: info, pid: "slave(1)@10.0.2.1:5051", incarnation: 1, version: "1.0.3", tasks: Array(tasks))
        try await master.stream("/agent-link/subscribe", try ClusterJSON.encode(registration)) { (command: AgentCommand, _) in
            self.state.withLock { $0.commands.append(command) }
            try await self.obey(command, master)
        }
    }

    private func obey(_ command: AgentCommand, _ master: MasterUnderTest) async throws {
        switch command.type {
        case .registered:
            guard let id = command.agent_id else { return }
            state.withLock { $0.id = id }
            let node = LiveAgent(
                agent_id: id, pid: "slave(1)@10.0.2.1:5051", hostname: "10.0.2.1", ip: "10.0.2.1", port: 5051, boot_id: "b",
                incarnation: 1, version: "1.0.3")
            let path = MesosStatePaths.live(id)
            guard try await zooKeeper.exists(path) == nil else { return }
            try await zooKeeper.createWithParents(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
            try await zooKeeper.create(path, try ClusterJSON.encode(node), mode: .ephemeral)
        case .launch:
            guard let framework = command.framework_id else { return }
            for task in command.tasks ?? [] {
                state.withLock {
                    $0.tasks["\(framework)/\(task.task_id)"] = .init(framework_id: framework, task: task, state: .running, statuses: [])
                }
                try await report(framework, task.task_id, .running, command.epoch, master)
            }
        case .kill:
            guard let framework = command.framework_id, let task = command.task_id else { return }
            state.withLock { $0.tasks["\(framework)/\(task)"] = nil }
            try await report(framework, task, .killed, command.epoch, master)
        default: break
        }
    }

    private func report(_ framework: FrameworkID, _ task: TaskID, _ taskState: TaskState, _ epoch: Int64, _ master: MasterUnderTest)
        async throws
    {
        guard let id else { return }
        var status = TaskStatus(task_id: task, state: taskState)
        let uuid = UUID().uuid
        status.uuid = withUnsafeBytes(of: uuid) { Data($0).base64EncodedString() }
        status.source = "SOURCE_EXECUTOR"
        let report = AgentReport(
            agent_id: id, epoch: epoch, updates: [.init(framework_id: framework, status: status, latest_state: taskState)])
        _ = try await master.post("/agent-link/report", String(decoding: try ClusterJSON.encode(report), as: UTF8.self))
    }
}
