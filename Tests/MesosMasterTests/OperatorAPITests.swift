import AsyncHTTPClient
import ClusterState
import EnsembleTesting
import FoundationEssentials
import NIOCore
import NIOHTTP1
import ResourceModel
import Synchronization
import Testing
import ZooKeeper

@testable import MesosMaster

/// An operator who listens.
private final class ScriptedOperator: Sendable {
    private let heard = Mutex<[OperatorEvent]>([])
    var events: [OperatorEvent] { heard.withLock { $0 } }

    func run(on master: MasterUnderTest) async throws {
        try await master.stream("/api/v1", Data(#"{"type":"SUBSCRIBE"}"#.utf8)) { (event: OperatorEvent, _) in
            self.heard.withLock { $0.append(event) }
        }
    }
}

@Suite("Master: endpoints for operators", .serialized)
struct OperatorAPITests {
    private static let log = "first line\nsecond line\n"

    private func withMaster(_ body: (MasterUnderTest, ScriptedAgent) async throws -> Void) async throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "master-\(UUID().uuidString).log")
        try Data(Self.log.utf8).write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        try await TestEnsemble.withEnsemble { ensemble in
            let master = MasterUnderTest(ensemble, port: 5050) {
                $0.externalLogFile = log.path
                $0.disabledEndpoints = ["/master/weights"]
                $0.flags = ["quiet": "false"]
            }
            let client = ZooKeeperClient(servers: ensemble.servers, sessionTimeout: .seconds(4))
            let agent = ScriptedAgent(client)
            try await running({ try await client.run() }) {
                try await running({ try await master.run() }) {
                    try await eventually("the master leads") { (try? await master.get("/state"))?.status == 200 ? true : nil }
                    try await body(master, agent)
                }
            }
        }
    }

    private func call(_ master: MasterUnderTest, _ body: String) async throws -> (status: Int, headers: [String: String], body: String) {
        try await master.post("/api/v1", body)
    }

    private func answer(_ master: MasterUnderTest, _ type: OperatorCall.Kind, _ rest: String = "") async throws -> OperatorResponse {
        let (status, headers, body) = try await call(master, #"{"type":"\#(type.rawValue)"\#(rest)}"#)
        #expect(status == 200 && headers["content-type"] == "application/json", "\(type): \(body)")
        let response = try ClusterJSON.decode(OperatorResponse.self, from: Data(body.utf8))
        #expect(response.type == type)
        return response
    }

    @Test("Calls that read answer in their field")
    func reading() async throws {
        try await withMaster { master, agent in
            try await running({ try await agent.run(on: master) }) {
                try await eventually("the agent is live") {
                    try await answer(master, .getAgents).get_agents?.agents.first?.active == true ? true : nil
                }
                #expect(try await answer(master, .getHealth).get_health?.healthy == true)
                #expect(try await answer(master, .getFlags).get_flags?.flags == [.init(name: "quiet", value: "false")])
                #expect(try await answer(master, .getVersion).get_version?.version_info.version == "1.0.3")
                let metrics = try await answer(master, .getMetrics, #","get_metrics":{"timeout":{"nanoseconds":5000000000}}"#)
                #expect(metrics.get_metrics?.metrics.first { $0.name == "master/slaves_active" }?.value == 1)
                // Of the process, which other tests share.
                #expect(try await answer(master, .getLoggingLevel).get_logging_level != nil)
                #expect(try await answer(master, .getState).get_state?.get_agents?.agents.count == 1)
                #expect(try await answer(master, .getFrameworks).get_frameworks?.frameworks == [])
                #expect(try await answer(master, .getExecutors).get_executors?.executors == [])
                #expect(try await answer(master, .getTasks).get_tasks?.tasks == [])
                #expect(try await answer(master, .getRoles).get_roles?.roles.map(\.name) == ["*"])
                #expect(try await answer(master, .getWeights).get_weights?.weight_infos == [])
                #expect(try await answer(master, .getMaster).get_master?.master_info.port == 5050)
                #expect(try await answer(master, .getMaintenanceStatus).get_maintenance_status?.status.down_machines == [])
                #expect(try await answer(master, .getMaintenanceSchedule).get_maintenance_schedule?.schedule.windows == [])
                #expect(try await answer(master, .getQuota).get_quota?.status.infos == [])
            }
        }
    }

    @Test("Files: read, browse, download and what is refused")
    func files() async throws {
        try await withMaster { master, _ in
            let file = try await answer(master, .readFile, #","read_file":{"path":"/master/log","offset":6,"length":4}"#).read_file
            #expect(file?.size == Self.log.utf8.count && file?.data == Data("line".utf8).base64EncodedString())
            #expect(try await answer(master, .listFiles, #","list_files":{"path":"/master/log"}"#).list_files?.file_infos == [])
            #expect(try await call(master, #"{"type":"LIST_FILES","list_files":{"path":"/nix"}}"#).status == 404)
            #expect(try await master.get("/files/read.json?path=/master/log&offset=0&length=5").body == #"{"data":"first","offset":0}"#)
            #expect(try await master.get("/files/read?path=/master/log").body == #"{"data":"","offset":\#(Self.log.utf8.count)}"#)
            #expect(try await master.get("/files/browse?path=/master/log").body == "[]")
            #expect(try await master.get("/files/download?path=/master/log").body == Self.log)
            #expect(try await master.get("/files/debug").body.hasPrefix(#"{"/master/log":"#))
            let missing = try await master.get("/files/read")
            #expect(missing.status == 400 && missing.body == "Expecting 'path=value' in query.\n")
            let wrong = try await master.get("/files/read?path=/master/log&offset=x")
            #expect(wrong.status == 400 && wrong.body == "Failed to parse offset: Failed to convert 'x' to number.\n")
        }
    }

    @Test("The checks of the operator API come in their order")
    func checks() async throws {
        try await withMaster { master, _ in
            let get = try await master.get("/api/v1")
            #expect(get.status == 405 && get.headers["allow"] == "POST" && get.body == "Expecting one of { 'POST' }, but received 'GET'.")
            #expect(try await master.post("/api/v1", "{}", headers: [:]).body == "Expecting 'Content-Type' to be present")
            #expect(try await master.post("/api/v1", "x", headers: ["Content-Type": "text/plain"]).status == 415)
            #expect(try await call(master, "{").body.hasPrefix("Failed to parse body into JSON: "))
            #expect(
                try await call(master, #"{"type":"NIX"}"#).body
                    == "Failed to convert JSON into Call protobuf: Failed to find enum for 'NIX'")
            #expect(try await call(master, "{}").body == "Failed to validate master::Call: Expecting 'type' to be present")
            #expect(
                try await call(master, #"{"type":"SET_QUOTA"}"#).body
                    == "Failed to validate master::Call: Expecting 'set_quota' to be present")
            #expect(try await call(master, #"{"type":"UNKNOWN"}"#).status == 501)
            let refused = try await master.post(
                "/api/v1", #"{"type":"GET_HEALTH"}"#, headers: ["Content-Type": "application/json", "Accept": "text/html"])
            #expect(refused.status == 406)
            #expect(try await master.post("/api/v1/operator", #"{"type":"GET_HEALTH"}"#).status == 200)
        }
    }

    @Test("v0 endpoints refuse what they cannot read")
    func refusals() async throws {
        try await withMaster { master, _ in
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            for path in ["/reserve", "/unreserve", "/create-volumes", "/destroy-volumes", "/machine/down", "/machine/up", "/teardown"] {
                let answer = try await master.get(path)
                #expect(answer.status == 405 && answer.body == "Expecting one of { 'POST' }, but received 'GET'.", "\(path)")
            }
            let missing = try await master.post("/reserve", "resources=[]", headers: form)
            #expect(missing.status == 400 && missing.body == "Missing 'slaveId' query parameter")
            let volumes = try await master.post("/create-volumes", "slaveId=a", headers: form)
            #expect(volumes.status == 400 && volumes.body == "Missing 'volumes' query parameter")
            let broken = try await master.post("/reserve", "slaveId=a&resources=[{]", headers: form)
            #expect(broken.status == 400 && broken.body.hasPrefix("Error in parsing 'resources' query parameter: "))
            let quota = try await master.send(.PUT, "/quota", [:], "{}")
            #expect(quota.status == 405 && quota.headers["allow"] == "GET, POST, DELETE")
            #expect(quota.body == "Expecting one of { 'GET', 'POST', 'DELETE' }, but received 'PUT'.")
            #expect(try await master.send(.DELETE, "/quota").status == 400)
            #expect(try await master.post("/quota", "{").status == 400)
            #expect(try await master.get("/quota").body == "{}")
            #expect(try await master.get("/maintenance/schedule").body == "{}")
            #expect(try await master.get("/maintenance/status").body == "{}")
            #expect(try await master.post("/maintenance/schedule", "[1]").status == 400)
            #expect(try await master.post("/machine/down", "{").status == 400)
            let disabled = try await master.get("/weights")
            #expect(disabled.status == 403 && disabled.body == "Endpoint '/master/weights' is disabled")
        }
    }

    @Test("gzip, jsonp and the logging level")
    func transport() async throws {
        try await withMaster { master, _ in
            let plain = try await master.get("/metrics/snapshot")
            #expect(plain.headers["content-encoding"] == nil && plain.body.utf8.count > 1024)
            let metrics = try await master.bytes("/metrics/snapshot", ["Accept-Encoding": "gzip"])
            #expect(metrics.encoding == "gzip" && metrics.bytes.prefix(2) == [0x1f, 0x8b] && metrics.bytes.count < plain.body.utf8.count)
            let script = try await master.get("/version?jsonp=cb")
            #expect(script.headers["content-type"] == "text/javascript" && script.body.hasPrefix("cb({") && script.body.hasSuffix("});"))
            // Of the process, which other tests share.
            let level = try await master.get("/logging/toggle").body.filter { $0 != "\n" }
            #expect(Int(level) != nil)
            #expect(try await master.get("/logging/toggle?level=1").status == 400)
            #expect(try await master.get("/logging/toggle?level=-1&duration=1secs").status == 400)
            #expect(try await master.get("/logging/toggle?level=\(level)&duration=1secs").status == 200)
            #expect(try await master.get("/help").status == 200)
        }
    }

    @Test("A stream begins with the state and hears everything after it")
    func subscribe() async throws {
        try await withMaster { master, agent in
            let listener = ScriptedOperator()
            try await running({ try await listener.run(on: master) }) {
                let first = try await eventually("SUBSCRIBED") { listener.events.first }
                #expect(first.type == .subscribed && first.subscribed?.heartbeat_interval_seconds == 15)
                #expect(first.subscribed?.get_state?.get_agents?.agents == [])
                try await eventually("a heartbeat") { listener.events.first { $0.type == .heartbeat } }
                let scheduler = ScriptedScheduler()
                try await running({ try await agent.run(on: master) }) {
                    try await running({ try await scheduler.run(on: master) }) {
                        let offer = try await eventually("an offer") { scheduler.offers.first }
                        let (framework, stream) = (try #require(scheduler.id), try #require(scheduler.stream))
                        var task = TaskInfo(name: "t", task_id: "t", agent_id: offer.agent_id, resources: [.scalar("cpus", 1)])
                        task.command = CommandInfo(shell: "sleep 1000")
                        task.resources.append(.scalar("mem", 64))
                        var accept = SchedulerCall(type: .accept, framework_id: framework)
                        accept.accept = .init(offer_ids: [offer.id], operations: [.launch([task])])
                        #expect(try await master.call(accept, stream: stream).status == 202)
                        try await eventually("TASK_UPDATED") {
                            listener.events.first { $0.task_updated?.state == .running && $0.task_updated?.status?.state == .running }
                        }
                        #expect(
                            try await call(master, #"{"type":"TEARDOWN","teardown":{"framework_id":{"value":"\#(framework)"}}}"#).status
                                == 200)
                        try await eventually("FRAMEWORK_REMOVED") { listener.events.first { $0.type == .frameworkRemoved } }
                    }
                }
                let kinds = listener.events.map(\.type)
                for kind in [OperatorEvent.Kind.agentAdded, .frameworkAdded, .taskAdded] { #expect(kinds.count { $0 == kind } == 1) }
            }
        }
    }
}

extension MasterUnderTest {
    fileprivate func bytes(_ path: String, _ headers: [String: String]) async throws -> (encoding: String?, bytes: [UInt8]) {
        var request = HTTPClientRequest(url: "http://\(address):\(port)\(path)")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await Self.client.execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: 1 << 24)
        return (response.headers.first(name: "content-encoding"), Array(body.readableBytesView))
    }
}
