import ClusterState
import EnsembleTesting
import FoundationEssentials
import Glibc
import Logging
import ResourceModel
import ServiceLifecycle
import Testing
import ZooKeeper

@testable import MesosAgent

/// What an agent lives in: a real ZooKeeper, a played master, a work directory.
struct AgentWorld: Sendable {
    /// Of the agents; each world has an address of its own.
    static let port = 5051

    let client: ZooKeeperClient
    let master: FakeMaster
    let servers: String
    let work: String
    let ip: String

    func configuration() -> AgentConfiguration {
        var configuration = AgentConfiguration(
            master: "zk://\(servers)/mesos", ip: ip, port: Self.port, workDirectory: work, taskShim: Self.shim)
        configuration.resources = "cpus:4;mem:1024;disk:1000;ports:[31000-31100]"
        configuration.registrationBackoffFactor = .milliseconds(50)
        configuration.zkSessionTimeout = .seconds(4)
        return configuration
    }

    /// Runs an agent while `body` runs.
    func withAgent(_ change: (inout AgentConfiguration) -> Void = { _ in }, _ body: @Sendable () async throws -> Void) async throws {
        var configuration = configuration()
        change(&configuration)
        var logger = Logger(label: "agent")
        logger.logLevel = .error
        let agent = ServiceGroup(
            configuration: .init(services: [MesosAgentService(configuration: configuration, logger: logger)], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await agent.run() }
            // As SIGTERM ends it: a server that is cancelled while it accepts a connection crashes.
            do { try await body() } catch {
                await agent.triggerGracefulShutdown()
                throw error
            }
            await agent.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    func records() async throws -> [String: TaskRecord] {
        let parent = MesosStatePaths.tasks(of: master.agentID)
        let chunks: [String]
        do {
            chunks = try await client.children(parent).names
        } catch let error as ZooKeeperError where error.code == .noNode {
            return [:]
        }
        var result: [String: TaskRecord] = [:]
        for chunk in chunks {
            guard let data = try? await client.get(MesosStatePaths.chunk(chunk, of: master.agentID)).data else { continue }
            for record in try ClusterJSON.decode(TaskChunk.self, from: data).tasks.values { result[record.id.value] = record }
        }
        return result
    }

    static var shim: String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/task-shim"
    }

    static func with(_ body: @escaping @Sendable (AgentWorld) async throws -> Void) async throws {
        try await TestEnsemble.withEnsemble(servers: 1) { ensemble in
            var template = Array("/tmp/mesos-agent-test-XXXXXX".utf8CString)
            try #require(mkdtemp(&template) != nil)
            let work = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            defer { Scratch.remove(work) }
            let client = ZooKeeperClient(servers: ensemble.servers, sessionTimeout: .seconds(4))
            let master = FakeMaster(agentID: "m-S0")
            let ip = ensemble.servers[0].split(separator: ":").first.map(String.init) ?? "127.0.0.1"
            let world = AgentWorld(client: client, master: master, servers: ensemble.connectString, work: work, ip: ip)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.run() }
                group.addTask { try await master.run(client: client, ip: ip) }
                do { try await body(world) } catch {
                    group.cancelAll()
                    throw error
                }
                group.cancelAll()
                while (try? await group.next()) != nil {}
            }
        }
    }

    /// What the tasks' programs have written, for messages of failed tests.
    func output() -> String {
        var text = ""
        for path in Self.files(below: work + "/slaves") where path.hasSuffix("/stdout") || path.hasSuffix("/stderr") {
            text += "\n\(path):\n\(FileText.read(path, limit: 20_000) ?? "")"
        }
        return text
    }

    private static func files(below path: String) -> [String] {
        DirectoryTree.names(path).flatMap { name in
            let child = path + "/" + name
            return DirectoryTree.isDirectory(child) ? files(below: child) : [child]
        }
    }
}

/// Waits for a condition.
func eventually(
    _ what: String, within: Duration = .seconds(30), detail: @Sendable () -> String = { "" },
    _ condition: @Sendable () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + within
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("not in time: \(what)\(detail())")
    throw CancellationError()
}
