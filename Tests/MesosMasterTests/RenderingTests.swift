import ClusterState
import FoundationEssentials
import ResourceModel
import Testing

@testable import MesosMaster

@Suite("Master: documents")
struct RenderingTests {
    private func renderer(_ harness: MasterHarness) -> StateRenderer {
        StateRenderer(machine: harness.machine, build: BuildInfo(), startTime: 1)
    }

    /// Some JSON, to look into.
    private struct Document: Decodable {
        struct Resources: Decodable, Equatable {
            var cpus: Double
            var mem: Double
            var ports: String?
        }
        struct Slave: Decodable {
            var id: String
            var active: Bool
            var resources: Resources
            var used_resources: Resources
            var offered_resources: Resources
            var reserved_resources: [String: Resources]
            var unreserved_resources: Resources
            var attributes: [String: String]
            var TASK_RUNNING: Int?
            var framework_ids: [String]?
            var reserved_resources_full: [String: [Resource]]?
            var used_resources_full: [Resource]?
        }
        struct Task: Decodable {
            struct Status: Decodable {
                var state: String
                var timestamp: Double
                var container_status: ContainerStatus?
            }
            var id: String
            var state: String
            var slave_id: String
            var executor_id: String
            var statuses: [Status]
            var labels: [Label]?
            var discovery: DiscoveryInfo?
            var container: ContainerInfo?
        }
        struct Framework: Decodable {
            var id: String
            var active: Bool
            var capabilities: [String]
            var hostname: String
            var webui_url: String
            var tasks: [Task]?
            var completed_tasks: [Task]?
            var unreachable_tasks: [Task]?
            var slave_ids: [String]?
            var TASK_RUNNING: Int?
        }
        var slaves: [Slave]?
        var frameworks: [Framework]?
        var completed_frameworks: [Framework]?
        var orphan_tasks: [Task]?
        var unregistered_frameworks: [String]?
        var tasks: [Task]?
    }

    private func parsed(_ bytes: [UInt8]) throws -> Document { try ClusterJSON.decode(Document.self, from: Data(bytes)) }

    /// An agent with a reserved part, and a framework that runs one task with everything on it.
    private func world() throws -> (MasterHarness, AgentID, FrameworkID) {
        var harness = try MasterHarness()
        let (agent, _) = try harness.addAgent(
            1, resources: MasterHarness.agentTotal + [.scalar("cpus", 2, role: "kafka"), .scalar("mem", 8, role: "kafka")])
        let framework = try harness.subscribe("s")
        var task = harness.task("t", on: agent)
        task.resources.append(.ranges("ports", [1000...1001]))
        task.labels = Labels([Label(key: "a\"b", value: "ü\n")])
        task.discovery = DiscoveryInfo(
            name: "d", ports: .init(ports: [.init(number: 80, name: "web", protocol: "tcp", labels: Labels([Label(key: "k", value: "v")]))])
        )
        var container = ContainerInfo(type: "DOCKER")
        container.docker = .init(image: "nginx")
        container.docker?.network = "BRIDGE"
        container.docker?.port_mappings = [.init(host_port: 1000, container_port: 80, protocol: "tcp")]
        task.container = container
        harness.launch([task], harness.offers("s"), framework, stream: "s")
        harness.report(agent, framework, "t", .running)
        return (harness, agent, framework)
    }

    @Test("A task's parts survive the way into /state")
    func taskParts() throws {
        let (harness, agent, framework) = try world()
        let document = try parsed(renderer(harness).state())
        let entry = try #require(document.frameworks?.first { $0.id == framework.value })
        let task = try #require(entry.tasks?.first)
        #expect(task.id == "t" && task.state == "TASK_RUNNING" && task.slave_id == agent.value && task.executor_id == "")
        let record = try #require(harness.machine.frameworks[framework]?.tasks["t"]?.record)
        #expect(task.labels == record.labels && task.discovery == record.discovery && task.container == record.container)
        #expect(entry.unreachable_tasks?.isEmpty ?? false)
        #expect(document.orphan_tasks?.isEmpty ?? false)
    }

    @Test("Used, reserved and unreserved resources are apart")
    func resources() throws {
        let (harness, _, _) = try world()
        let slave = try #require(try parsed(renderer(harness).state()).slaves?.first)
        #expect(slave.resources == .init(cpus: 6, mem: 1032, ports: "[1000-1099]"))
        #expect(slave.used_resources == .init(cpus: 1, mem: 128, ports: "[1000-1001]"))
        #expect(slave.reserved_resources["kafka"] == .init(cpus: 2, mem: 8, ports: nil))
        #expect(slave.unreserved_resources == .init(cpus: 4, mem: 1024, ports: "[1000-1099]"))
    }

    @Test("/slaves adds the full forms and picks one agent")
    func slaves() throws {
        let (harness, agent, _) = try world()
        let slave = try #require(try parsed(renderer(harness).slaves()).slaves?.first)
        #expect(slave.reserved_resources_full?["kafka"]?.count == 2)
        #expect(Resources(slave.used_resources_full ?? []).cpus == 1)
        #expect(try parsed(renderer(harness).slaves(only: agent)).slaves?.count == 1)
        #expect(try parsed(renderer(harness).slaves(only: "other")).slaves?.isEmpty ?? false)
    }

    @Test("The summary counts tasks by agent and framework")
    func summary() throws {
        let (harness, agent, framework) = try world()
        let document = try parsed(renderer(harness).stateSummary())
        #expect(document.slaves?.first?.TASK_RUNNING == 1 && document.slaves?.first?.framework_ids == [framework.value])
        #expect(document.frameworks?.first?.TASK_RUNNING == 1 && document.frameworks?.first?.slave_ids == [agent.value])
        #expect(document.frameworks?.first?.tasks == nil)
    }

    @Test("Tasks nobody owns are orphans")
    func orphans() throws {
        var harness = try MasterHarness()
        let info = harness.task("t", on: "m-S0")
        harness.subscribeAgent(1, tasks: [.init(framework_id: "gone", task: info, state: .running, statuses: [])])
        let document = try parsed(renderer(harness).state())
        #expect(document.orphan_tasks?.map(\.id) == ["t"] && document.unregistered_frameworks == ["gone"])
    }

    @Test("/tasks takes limit, offset, order and filters")
    func tasks() throws {
        let (harness, _, framework) = try world()
        func ids(_ query: String) throws -> [String]? {
            try parsed(renderer(harness).tasks(TaskSelection(FormValues(query)))).tasks?.map(\.id)
        }
        #expect(try ids("") == ["t"])
        #expect(try ids("limit=x&order=asc") == ["t"])
        #expect(try ids("offset=1") == [])
        #expect(try ids("limit=0") == [])
        #expect(try ids("framework_id=\(framework)&task_id=t") == ["t"])
        #expect(try ids("task_id=u") == [])
    }

    @Test("Every metric of the contract exists from the start")
    func metrics() throws {
        let harness = try MasterHarness()
        let bytes = MetricsRenderer(
            renderer: renderer(harness), uptime: 1, system: .current(), timers: MasterTimers(), registrySize: 0
        ).render()
        let names = Set(try ClusterJSON.decode([String: Double].self, from: Data(bytes)).keys)
        var expected = [
            "master/uptime_secs", "master/elected", "master/outstanding_offers", "master/recovery_slave_removals",
            "master/dropped_messages",
            "allocator/mesos/allocation_runs", "allocator/mesos/allocation_run_ms", "allocator/mesos/allocation_run_ms/p9999",
            "registrar/state_store_ms/count", "registrar/state_fetch_ms", "registrar/registry_size_bytes", "registrar/queued_operations",
            "registrar/log/recovered", "system/load_15min", "system/mem_free_bytes", "allocator/mesos/roles/*/shares/dominant",
            "master/invalid_status_update_acknowledgements", "master/messages_authenticate", "master/slave_removals/reason_registered",
        ]
        for name in ["cpus", "gpus", "mem", "disk"] {
            for suffix in ["", "_revocable"] {
                for kind in ["total", "used", "percent"] { expected.append("master/\(name)\(suffix)_\(kind)") }
            }
        }
        for state in TaskCounts.states { expected.append("master/tasks_\(state.metricName)") }
        #expect(expected.filter { !names.contains($0) } == [])
    }

    @Test(
        "Doubles have 15 significant digits at most",
        arguments: [
            (0.1 + 0.2, "0.3"), (1_475_900_010.123456, "1475900010.12346"), (4, "4.0"), (-2.5, "-2.5"), (0, "0.0"),
            (1.0 / 3, "0.333333333333333"),
            (.infinity, "0.0"), (123_456_789_012_345, "123456789012345.0"),
        ])
    func doubles(value: Double, text: String) {
        var json = JSONText()
        json.double(value)
        #expect(String(decoding: json.bytes, as: UTF8.self) == text)
    }

    @Test("A timer knows its percentiles")
    func timer() {
        var timer = TimerFigures()
        for value in 1...2000 { timer.record(Double(value)) }
        let statistics = Dictionary(uniqueKeysWithValues: timer.statistics.map { ($0.name, $0.value) })
        #expect(timer.count == 2000 && timer.last == 2000)
        #expect(statistics["min"] == 1001 && statistics["max"] == 2000 && statistics["p50"] == 1500.5)
    }

    @Test("What operators see holds every task, agent and framework")
    func operatorView() throws {
        let (harness, agent, framework) = try world()
        let state = OperatorView(machine: harness.machine).state
        #expect(state.get_tasks?.tasks.map(\.task_id) == ["t"])
        #expect(state.get_tasks?.tasks.first?.status_update_uuid == "u")
        let shown = try #require(state.get_agents?.agents.first)
        #expect(shown.agent_info.id == agent && shown.active && Resources(shown.allocated_resources).cpus == 1)
        #expect(state.get_frameworks?.frameworks.first?.framework_info.id == framework)
        let encoded = try ClusterJSON.encode(state)
        #expect(try ClusterJSON.decode(OperatorResponse.State.self, from: encoded) == state)
    }
}
