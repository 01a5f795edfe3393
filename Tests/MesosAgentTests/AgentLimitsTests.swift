import AsyncHTTPClient
import EnsembleTesting
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import Platform
import ResourceModel
import Testing
import ZooKeeper

@testable import MesosAgent

/// Whole agents with real tasks that go beyond what they were given, and what operators are told of them.
@Suite("Limits and the operator API", .serialized) struct AgentLimitsTests {
    private func withAgent(
        _ change: @Sendable (inout AgentConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (FakeMaster, String) async throws -> Void
    ) async throws {
        var settings = AgentConfiguration(master: "", ip: "127.0.0.1", port: 0, workDirectory: "", taskShim: Scratch.shim)
        change(&settings)
        let chosen = settings
        try await TestEnsemble.withEnsemble(servers: 1) { ensemble in
            let scratch = try Scratch()
            defer { scratch.remove() }
            let client = ZooKeeperClient(servers: ensemble.servers, sessionTimeout: .seconds(4))
            let master = FakeMaster(agentID: "m-S0")
            let ip = ensemble.servers[0].split(separator: ":").first.map(String.init) ?? "127.0.0.1"
            var configuration = chosen
            configuration.master = "zk://\(ensemble.connectString)/mesos"
            configuration.ip = ip
            configuration.workDirectory = scratch.path
            configuration.fetcherCacheDirectory = scratch.path + "/fetch"
            configuration.resources = "cpus:4;mem:1024;disk:1000;cpus(prod):2;ports:[31000-31100]"
            configuration.registrationBackoffFactor = .milliseconds(50)
            configuration.zkSessionTimeout = .seconds(4)
            var logger = Logger(label: "agent")
            logger.logLevel = .critical
            let port = LatestValue<Int?>(nil)
            let service = MesosAgentService(configuration: configuration, logger: logger, onListening: { port.set($0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.run() }
                group.addTask { try await master.run(client: client, ip: ip) }
                // The agent ends before its master: a server that is cancelled while it accepts a connection crashes.
                let result = await withTaskGroup(of: Void.self) { agent -> Result<Void, any Error> in
                    agent.addTask { try? await service.run() }
                    defer { agent.cancelAll() }
                    do {
                        try await eventually("registered") { !master.registrations.isEmpty && port.current.value != nil }
                        try await body(master, "http://\(ip):\(port.current.value ?? 0)")
                        return .success(())
                    } catch {
                        return .failure(error)
                    }
                }
                group.cancelAll()
                try result.get()
                while (try? await group.next()) != nil {}
            }
        }
    }

    private func eventually(_ what: String, _ condition: @Sendable () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("not in time: \(what)")
        throw CancellationError()
    }

    private func post(_ url: String, _ body: String) async throws -> (status: Int, text: String) {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 22)))
    }

    private func get(_ url: String) async throws -> (status: Int, text: String) {
        let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 22)))
    }

    private static let hasMemoryGroups = access("/sys/fs/cgroup/memory/cgroup.procs", W_OK) == 0

    @Test(.enabled(if: AgentLimitsTests.hasMemoryGroups)) func `a task that takes more memory than it was given fails for that`()
        async throws
    {
        try await withAgent({
            $0.isolation = ["cgroups/mem"]
            $0.cgroupsRoot = "mesos-test-\(getpid())"
        }) { master, _ in
            master.launch("hog", "exec tail /dev/zero")
            try await eventually("failed") { master.states(of: "hog").last == .failed }
            let status = master.status(of: "hog", .failed)
            #expect(status?.reason == "REASON_CONTAINER_LIMITATION_MEMORY")
            #expect(status?.message?.hasPrefix("Memory limit exceeded: Requested: 64MB Maximum Used: 64MB") == true)
            #expect(status?.message?.contains("\n\nMEMORY STATISTICS: \ncache ") == true, "\(status?.message ?? "")")
        }
        rmdir("/sys/fs/cgroup/memory/mesos-test-\(getpid())")
    }

    @Test func `a task that fills more disk than it was given fails for that`() async throws {
        try await withAgent({
            $0.isolation = ["disk/du"]
            $0.enforcesContainerDiskQuota = true
            $0.containerDiskWatchInterval = .milliseconds(50)
        }) { master, _ in
            master.launch("full", "head -c 12582912 /dev/zero > data; exec sleep 1000") { $0.resources.append(.scalar("disk", 10)) }
            try await eventually("failed") { master.states(of: "full").last == .failed }
            let status = master.status(of: "full", .failed)
            #expect(status?.reason == "REASON_CONTAINER_LIMITATION_DISK")
            #expect(status?.message?.hasSuffix("exceeds quota (10MB)") == true)
        }
    }

    @Test func `a task that runs for longer than it may is ended and fails`() async throws {
        try await withAgent { master, _ in
            master.launch("long", "exec sleep 1000") { $0.max_completion_time = DurationInfo(nanoseconds: 200_000_000) }
            try await eventually("failed") { master.states(of: "long").last == .failed }
            #expect(master.status(of: "long", .failed)?.reason == "REASON_MAX_COMPLETION_TIME_REACHED")
        }
    }

    @Test func `health is checked by HTTP with the framework's statuses, and by TCP`() async throws {
        try await withAgent { master, server in
            let port = Int(server.split(separator: ":").last ?? "") ?? 0
            func check(_ id: TaskID, _ change: (inout HealthCheckInfo) -> Void) {
                master.launch(id, "exec sleep 1000") {
                    var check = HealthCheckInfo()
                    check.delay_seconds = 0
                    check.interval_seconds = 0.1
                    check.grace_period_seconds = 0
                    check.consecutive_failures = 1
                    change(&check)
                    $0.health_check = check
                }
            }
            check("good") { $0.http = .init(port: port, path: "/health") }
            check("odd") {
                $0.http = .init(port: port, path: "/nothing")
                $0.http?.statuses = [404]
            }
            check("bad") { $0.http = .init(port: port, path: "/nothing") }
            check("tcp") { $0.tcp = .init(port: port) }
            check("closed") { $0.tcp = .init(port: 1) }
            for id in ["good", "odd", "tcp"] as [TaskID] {
                try await eventually("\(id) is healthy") { master.status(of: id, .running)?.healthy == true }
            }
            for id in ["bad", "closed"] as [TaskID] {
                try await eventually("\(id) is killed") { master.states(of: id).last == .killed }
            }
        }
    }

    @Test func `the operator API tells of the agent, its tasks and their files`() async throws {
        try await withAgent { master, server in
            master.launch("one", "echo hello; exec sleep 1000")
            try await eventually("running") { master.states(of: "one") == [.running] }
            let api = server + "/api/v1"
            #expect(try await post(api, #"{"type":"GET_HEALTH"}"#).text == #"{"type":"GET_HEALTH","get_health":{"healthy":true}}"#)
            #expect(try await post(api + "/operator", #"{"type":"GET_HEALTH"}"#).status == 200)
            for kind in ["GET_FLAGS", "GET_VERSION", "GET_LOGGING_LEVEL", "GET_STATE", "GET_FRAMEWORKS", "GET_EXECUTORS", "GET_AGENT"] {
                let answer = try await post(api, "{\"type\":\"\(kind)\"}")
                #expect(answer.status == 200 && answer.text.hasPrefix("{\"type\":\"\(kind)\",\"\(kind.lowercased())\":{"), "\(kind)")
            }
            #expect(
                try await post(api, #"{"type":"GET_METRICS","get_metrics":{}}"#).text.contains(#"{"name":"slave/tasks_running","value":1}"#)
            )
            #expect(try await post(api, #"{"type":"GET_TASKS"}"#).text.contains(#""launched_tasks":[{"#))
            #expect(try await post(api, #"{"type":"GET_CONTAINERS"}"#).text.contains(#""executor_id":{"value":"one"}"#))
            let path = "/framework/f-0000/executor/one/latest"
            try await eventually("output") {
                try await post(api, "{\"type\":\"READ_FILE\",\"read_file\":{\"path\":\"\(path)/stdout\",\"offset\":0}}").text
                    .contains(#""size":6,"data":"aGVsbG8K""#)
            }
            #expect(try await post(api, "{\"type\":\"LIST_FILES\",\"list_files\":{\"path\":\"\(path)\"}}").text.contains("/stdout\""))
            #expect(try await post(api, #"{"type":"LIST_FILES","list_files":{"path":"/none"}}"#).status == 404)
        }
    }

    @Test func `what the operator API cannot read is refused with the reason`() async throws {
        try await withAgent { _, server in
            let api = server + "/api/v1"
            #expect(try await post(api, "{}").text == "Failed to validate agent::Call: Expecting 'type' to be present")
            #expect(
                try await post(api, #"{"type":"READ_FILE"}"#).text == "Failed to validate agent::Call: Expecting 'read_file' to be present")
            let broken = try await post(api, "{")
            #expect(broken.status == 400 && broken.text.hasPrefix("Failed to parse body into JSON: "))
            let odd = try await post(api, #"{"type":"NONSENSE"}"#)
            #expect(odd.status == 400 && odd.text.hasPrefix("Failed to convert JSON into Call protobuf: "))
            #expect(try await get(api).status == 405)
        }
    }

    @Test func `state tells reservations apart, the log level can be raised for a while, metrics are all there`() async throws {
        try await withAgent { _, server in
            let state = try await get(server + "/state").text
            #expect(state.contains(#""reserved_resources":{"prod":{"cpus":2.0"#) && state.contains(#""unreserved_resources":{"cpus":4.0"#))
            #expect(try await post(server + "/logging/toggle?level=1&duration=1mins", "").status == 200)
            #expect(try await get(server + "/logging/toggle").text == "1")
            #expect(try await get(server + "/logging/toggle?level=9&duration=1mins").status == 400)
            let metrics = try await get(server + "/metrics/snapshot").text
            let keys = [
                "slave/registered", "slave/cpus_revocable_total", "slave/invalid_framework_messages", "slave/executors_preempted",
                "containerizer/mesos/container_destroy_errors", "system/load_15min",
            ]
            for key in keys { #expect(metrics.contains("\"\(key)\":"), "\(key)") }
        }
    }
}
