import ClusterState
import DNSWire
import EnsembleTesting
import FoundationEssentials
import Logging
import ResourceModel
import Testing
import ZooKeeper

@testable import MesosDNS

/// The whole server against real ZooKeeper servers.
@Suite(.serialized) struct IntegrationTests {
    private static let agent: AgentID = "20160101-000000-S7"
    private static let frameworkID: FrameworkID = "20160101-000000-0000"

    /// Runs a records server; `body` gets a client once it serves.
    private func withServer(_ ensemble: TestEnsemble, _ body: (Client) async throws -> Void) async throws {
        var configuration = MesosDNSConfiguration()
        configuration.zk = "zk://\(ensemble.connectString)/mesos"
        configuration.listener = "127.0.15.21"
        configuration.httpListener = "127.0.15.21"
        configuration.port = 0
        configuration.httpPort = 0
        configuration.externalOn = false
        configuration.sessionTimeout = .seconds(4)
        let (serving, onServing) = AsyncStream.makeStream(of: Int.self)
        let service = try MesosDNSService(configuration: configuration) { listening in onServing.yield(listening.dns) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { onServing.finish() }
                try await service.run()
            }
            var port: Int?
            for await found in serving {
                port = found
                break
            }
            let bound = try #require(port)
            try await body(Client(address: "127.0.15.21", udp: bound, tcp: bound))
            group.cancelAll()
        }
    }

    private func withWriter(_ ensemble: TestEnsemble, _ body: (Writer) async throws -> Void) async throws {
        let client = ZooKeeperClient(servers: ensemble.servers, sessionTimeout: .seconds(4))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            try await client.waitUntilConnected(timeout: .seconds(20))
            try await body(Writer(client: client))
            client.close()
            group.cancelAll()
        }
    }

    /// Plays the master and an agent.
    private struct Writer {
        var client: ZooKeeperClient

        func prepare() async throws {
            try await client.createAll([MasterElectionPaths.root] + MesosStatePaths.skeleton)
            _ = try await elect("10.0.0.11")
            let record = FrameworkRecord(
                id: frameworkID, info: FrameworkInfo(user: "root", name: "marathon"), state: .active, registered_time: 1)
            try await put(MesosStatePaths.framework(frameworkID), record)
            try await register(.registered)
            try await client.createAll(parents(of: MesosStatePaths.chunk("_", of: agent)))
            try await client.create(MesosStatePaths.chunk("_", of: agent), try ClusterJSON.encode(TaskChunk(agent_id: agent)))
        }

        func elect(_ ip: String) async throws -> String {
            let info = try #require(MasterInfo(id: ip, ip: ip, port: 5050, version: "1.0.1"))
            return try await client.create(
                MasterElectionPaths.root + "/" + MasterElectionPaths.candidacyPrefix, try ClusterJSON.encode(info),
                mode: .ephemeralSequential)
        }

        func register(_ state: AgentRecord.State) async throws {
            let info = AgentInfo(hostname: "10.0.0.5", resources: [])
            let record = AgentRecord(
                agent_id: agent, info: info, pid: "slave(1)@10.0.0.5:5051", version: "1.0.1", state: state, registered_time: 1)
            try await put(MesosStatePaths.agent(agent), record)
        }

        func run(_ tasks: [TaskRecord]) async throws {
            var chunk = TaskChunk(agent_id: agent)
            for task in tasks { chunk.tasks[task.key] = task }
            _ = try await client.set(MesosStatePaths.chunk("_", of: agent), try ClusterJSON.encode(chunk))
        }

        /// As an agent does that splits a chunk: in one transaction.
        func move(_ tasks: [TaskRecord], from: String, to: String) async throws {
            var chunk = TaskChunk(agent_id: agent)
            for task in tasks { chunk.tasks[task.key] = task }
            _ = try await client.multi([
                .delete(MesosStatePaths.chunk(from, of: agent)),
                .create(MesosStatePaths.chunk(to, of: agent), try ClusterJSON.encode(chunk)),
            ])
        }

        private func put(_ path: String, _ value: some Encodable) async throws {
            try await client.createAll(parents(of: path))
            let data = try ClusterJSON.encode(value)
            if try await client.exists(path) == nil {
                try await client.create(path, data)
            } else {
                _ = try await client.set(path, data)
            }
        }

        private func parents(of path: String) -> [String] {
            let parts = path.split(separator: "/").dropLast()
            return parts.indices.map { "/" + parts[...$0].joined(separator: "/") }
        }
    }

    private static func web(_ id: String, _ state: TaskState = .running) -> TaskRecord {
        task(id, name: "web", framework: frameworkID, state: state, ports: [31002])
    }

    @Test func recordsComeWithRunningTasksAndGoWithTheirEnd() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withWriter(ensemble) { writer in
                try await writer.prepare()
                try await withServer(ensemble) { client in
                    #expect(try await client.ask("leader.mesos").answers.map(\.data) == [.a(try address("10.0.0.11").ip)])
                    #expect(try await client.ask("web.marathon.mesos").responseCode == .nameError)
                    try await writer.run([Self.web("web.1", .staging)])
                    try await writer.run([Self.web("web.1")])
                    try await eventually("the running task has an address") {
                        try await client.ask("web.marathon.mesos").answers.map(\.data) == [.a(try address("10.0.0.5").ip)]
                    }
                    let target = try name("web-\(TaskHash.hash5("web.1"))-s7.marathon.slave.mesos")
                    #expect(
                        try await client.ask("_web._tcp.marathon.mesos", .srv).answers.map(\.data)
                            == [.srv(priority: 0, weight: 0, port: 31002, target: target)])
                    try await writer.run([Self.web("web.1", .failed)])
                    try await eventually("the ended task has none") {
                        try await client.ask("web.marathon.mesos").responseCode == .nameError
                    }
                }
            }
        }
    }

    @Test func aTaskThatMovesToAnotherChunkNeverLosesItsRecords() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withWriter(ensemble) { writer in
                try await writer.prepare()
                try await writer.run([Self.web("web.1")])
                try await withServer(ensemble) { client in
                    var from = "_"
                    for round in 0..<20 {
                        let to = round % 2 == 0 ? "0" : "_"
                        try await writer.move([Self.web("web.1")], from: from, to: to)
                        from = to
                        for _ in 0..<20 {
                            let reply = try await client.ask("web.marathon.mesos")
                            #expect(reply.answers.count == 1)
                        }
                    }
                    try await writer.client.delete(MesosStatePaths.chunk(from, of: Self.agent))
                    try await eventually("the records go with the last chunk") {
                        try await client.ask("web.marathon.mesos").responseCode == .nameError
                    }
                }
            }
        }
    }

    @Test func anUnreachableAgentTakesItsTasksAlong() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withWriter(ensemble) { writer in
                try await writer.prepare()
                try await writer.run([Self.web("web.1")])
                try await withServer(ensemble) { client in
                    #expect(try await client.ask("web.marathon.mesos").answers.count == 1)
                    try await writer.register(.unreachable)
                    try await eventually("its tasks have no records") {
                        try await client.ask("web.marathon.mesos").responseCode == .nameError
                    }
                    try await writer.register(.registered)
                    try await eventually("they are back") { try await client.ask("web.marathon.mesos").answers.count == 1 }
                }
            }
        }
    }

    @Test func theNextCandidateLeadsWhenTheLeaderGoes() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withWriter(ensemble) { writer in
                try await writer.prepare()
                _ = try await writer.elect("10.0.0.12")
                try await withServer(ensemble) { client in
                    #expect(try await client.ask("master.mesos").answers.count == 2)
                    let first = try await writer.client.children(MasterElectionPaths.root).names.sorted()[0]
                    try await writer.client.delete(MasterElectionPaths.root + "/" + first)
                    try await eventually("the second leads") {
                        try await client.ask("leader.mesos").answers.map(\.data) == [.a(try address("10.0.0.12").ip)]
                    }
                    try await eventually("and is master0") {
                        try await client.ask("master0.mesos").answers.map(\.data) == [.a(try address("10.0.0.12").ip)]
                    }
                }
            }
        }
    }

    @Test func withoutAQuorumTheLastZoneIsServedAndAfterwardsTheNewState() async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            try await withWriter(ensemble) { writer in
                try await writer.prepare()
                try await writer.run([Self.web("web.1")])
                try await withServer(ensemble) { client in
                    await ensemble.kill(serverIndex: 0)
                    await ensemble.kill(serverIndex: 1)
                    // Longer than the session timeout: the session is lost as well.
                    let clock = ContinuousClock()
                    let end = clock.now + .seconds(6)
                    while clock.now < end {
                        #expect(try await client.ask("web.marathon.mesos").answers.count == 1)
                        #expect(try await client.ask("leader.mesos").answers.count == 1)
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    try await ensemble.restart(serverIndex: 0)
                    try await ensemble.restart(serverIndex: 1)
                    try await eventually("the writer can write again") {
                        do {
                            try await writer.run([Self.web("web.1"), task("db.1", name: "db", framework: Self.frameworkID)])
                            return true
                        } catch is ZooKeeperError {
                            return false
                        }
                    }
                    try await eventually("the new task has an address") {
                        try await client.ask("db.marathon.mesos").answers.count == 1
                    }
                    #expect(try await client.ask("web.marathon.mesos").answers.count == 1)
                }
            }
        }
    }

    @Test func aServerThatStartsAnewServesTheSameZone() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withWriter(ensemble) { writer in
                try await writer.prepare()
                try await writer.run((0..<50).map { task("web.\($0)", name: "web\($0)", framework: Self.frameworkID) })
                for _ in 0..<2 {
                    try await withServer(ensemble) { client in
                        for index in 0..<50 {
                            let reply = try await client.ask("web\(index).marathon.mesos")
                            #expect(reply.answers.count == 1)
                        }
                    }
                }
            }
        }
    }
}
