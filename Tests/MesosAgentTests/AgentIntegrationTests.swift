import ClusterState
import EnsembleTesting
import FoundationEssentials
import Glibc
import Logging
import Platform
import ResourceModel
import TaskProcess
import Testing
import ZooKeeper

@testable import MesosAgent

/// An agent against a real ZooKeeper and real processes; only the master is played.
@Suite("An agent in a cluster", .serialized) struct AgentIntegrationTests {
    private func withWorld(_ body: @escaping @Sendable (AgentWorld) async throws -> Void) async throws { try await AgentWorld.with(body) }

    @Test func `an agent registers, is alive in ZooKeeper, runs a task and takes its record away when it is acknowledged`() async throws {
        try await withWorld { world in
            let master = world.master
            try await world.withAgent {
                try await eventually("registered") { !master.registrations.isEmpty }
                #expect(master.registrations[0].agent_info.id == nil)
                try await eventually("live node") { try await world.client.exists(MesosStatePaths.live("m-S0")) != nil }
                master.launch("one", "echo hello; exec sleep 1000")
                try await eventually("running record") { try await world.records()["one"]?.state == .running }
                let record = try await world.records()["one"]
                #expect(record?.statuses.last?.container_status?.network_infos.first?.ip_addresses.first?.ip_address == world.ip)
                try await eventually("running update") { master.states(of: "one") == [.running] }
                master.kill("one")
                try await eventually("killed update") { master.states(of: "one") == [.running, .killed] }
                #expect(master.status(of: "one", .killed)?.message == "Command terminated with signal Terminated")
                try await eventually("no record") { try await world.records().isEmpty }
            }
            #expect(try await world.client.exists(MesosStatePaths.live("m-S0")) == nil, "a clean end takes the live node away")
        }
    }

    @Test func `tasks outlive the agent; what happened meanwhile is told by the next one under the same id`() async throws {
        try await withWorld { world in
            let master = world.master
            try await world.withAgent {
                try await eventually("registered") { !master.registrations.isEmpty }
                master.launch("stays", "exec sleep 1000")
                master.launch("ends", "while [ ! -e \(world.work)/gate ]; do sleep 0.02; done; exit 7")
                try await eventually(
                    "both run", detail: { "\(master.updates.map { "\($0.status.task_id) \($0.status.state) \($0.status.message ?? "")" })" }
                ) { master.states(of: "stays") == [.running] && master.states(of: "ends") == [.running] }
            }
            let pid = Int32(master.status(of: "stays", .running)?.container_status?.executor_pid ?? 0)
            #expect(ProcessTable.entry(of: pid) != nil)
            close(open(world.work + "/gate", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
            let before = master.registrations.count
            try await world.withAgent {
                try await eventually("registered again") { master.registrations.count > before }
                let registration = master.registrations.last
                #expect(registration?.agent_info.id == "m-S0")
                let tasks = registration?.tasks.map(\.task.task_id) ?? []
                #expect(tasks.contains("stays"))
                try await eventually("the end is told") { master.states(of: "ends").last == .failed }
                #expect(master.status(of: "ends", .failed)?.message == "Command exited with status 7")
                #expect(ProcessTable.entry(of: pid) != nil)
                #expect(try await world.records()["stays"]?.state == .running)
                master.kill("stays", graceMilliseconds: 0)
                try await eventually("killed") { master.states(of: "stays").last == .killed }
            }
        }
    }

    @Test func `an unacknowledged update is sent again after a restart with the same uuid`() async throws {
        try await withWorld { world in
            let master = world.master
            master.setAcknowledging(false)
            try await world.withAgent {
                try await eventually("registered") { !master.registrations.isEmpty }
                master.launch("one", "exit 0")
                try await eventually("running") { master.states(of: "one") == [.running] }
                try await eventually("finished record") { try await world.records()["one"]?.state == .finished }
            }
            let first = master.updates.first?.status.uuid
            let seen = master.updates.count
            try await world.withAgent {
                try await eventually("sent again") { master.updates.count > seen }
                #expect(master.updates[seen].status.uuid == first && master.updates[seen].status.state == .running)
                #expect(master.updates[seen].latest_state == .finished)
                master.setAcknowledging(true)
                for update in master.updates.suffix(1) { master.acknowledge(update) }
                try await eventually("the end") { master.states(of: "one").last == .finished }
                try await eventually("no record") { try await world.records().isEmpty }
            }
        }
    }

    @Test func `what cannot be launched fails with its reason, and the agent goes on`() async throws {
        try await withWorld { world in
            let master = world.master
            try await world.withAgent {
                try await eventually("registered") { !master.registrations.isEmpty }
                master.launch("docker", "true") {
                    $0.container = ContainerInfo(type: "DOCKER")
                    $0.container?.docker = .init(image: "nginx")
                }
                master.launch("uri", "true") { $0.command?.uris = [.init(value: "file:///no/such/file")] }
                master.launch("user", "true") { $0.command?.user = "no-such-user" }
                master.launch("nothing", "true") { $0.command = nil }
                master.launch("good", "exit 0")
                for id in ["docker", "uri", "user"] as [TaskID] {
                    try await eventually("\(id) fails") { master.states(of: id) == [.failed] }
                    let status = master.status(of: id, .failed)
                    #expect(status?.reason == "REASON_CONTAINER_LAUNCH_FAILED")
                    #expect(status?.message?.hasPrefix("Failed to launch container: ") == true)
                }
                try await eventually(
                    "error", detail: { "\(master.updates.map { "\($0.status.task_id) \($0.status.state) \($0.status.message ?? "")" })" }
                ) { master.states(of: "nothing") == [.error] }
                try await eventually("good") { master.states(of: "good") == [.running, .finished] }
            }
        }
    }

    @Test func `a failing health check is reported and kills`() async throws {
        try await withWorld { world in
            let master = world.master
            try await world.withAgent {
                try await eventually("registered") { !master.registrations.isEmpty }
                master.launch("sick", "exec sleep 1000") {
                    var check = HealthCheckInfo()
                    check.command = CommandInfo(shell: "test -e well")
                    check.delay_seconds = 0
                    check.interval_seconds = 0.05
                    check.grace_period_seconds = 0
                    check.consecutive_failures = 2
                    $0.health_check = check
                }
                try await eventually("killed") { master.states(of: "sick").last == .killed }
                let healths = master.updates.filter { $0.status.task_id == "sick" }.map(\.status.healthy)
                #expect(healths == [nil, false, false, false])
            }
        }
    }

    @Test func `an order to shut down kills all, forgets the id and registers anew`() async throws {
        try await withWorld { world in
            let master = world.master
            try await world.withAgent {
                try await eventually("registered") { !master.registrations.isEmpty }
                master.launch("one", "exec sleep 1000")
                try await eventually("running") { master.states(of: "one") == [.running] }
                let pid = Int32(master.status(of: "one", .running)?.container_status?.executor_pid ?? 0)
                master.send(.shutdown) { $0.message = "removed" }
                try await eventually("dead") { ProcessTable.entry(of: pid) == nil }
                // The stream ends as a master's does that has removed the agent.
                try await eventually("record gone") { try await world.records().isEmpty }
                try await eventually("registers as new", within: .seconds(40)) {
                    master.registrations.last?.agent_info.id == nil && master.registrations.count > 1
                }
            }
        }
    }

    @Test func `two agents do not share a work directory`() throws {
        var template = Array("/tmp/mesos-agent-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let work = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { DirectoryTree.remove(work) }
        let configuration = AgentConfiguration(
            master: "zk://127.0.0.1:2181/mesos", ip: "127.0.0.1", port: 0, workDirectory: work, taskShim: AgentWorld.shim)
        let first = try AgentStart(configuration)
        #expect(throws: SystemFailure.self) { _ = try AgentStart(configuration) }
        close(first.lock)
        close(try AgentStart(configuration).lock)
    }
}
