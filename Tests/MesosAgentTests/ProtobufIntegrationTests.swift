import AsyncHTTPClient
import FoundationEssentials
import MesosProtobuf
import NIOCore
import NIOHTTP1
import Platform
import ResourceModel
import Testing

@testable import MesosAgent

/// The v1 API of a real agent in its binary form, and what its documents tell of custom executors. The test is the executor.
@Suite("An agent's API in protobuf", .serialized) struct ProtobufIntegrationTests {
    private static let protobuf = MessageFormat.protobuf.rawValue

    private func send(
        _ world: AgentWorld, _ path: String, _ body: Data, type: String = Self.protobuf, accept: String? = Self.protobuf
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: "http://\(world.ip):\(AgentWorld.port)\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: type)
        if let accept { request.headers.add(name: "Accept", value: accept) }
        request.body = .bytes(ByteBuffer(bytes: body))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    }

    private func get(_ world: AgentWorld, _ path: String) async throws -> String {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://\(world.ip):\(AgentWorld.port)\(path)"), timeout: .seconds(30))
        return String(buffer: try await response.body.collect(upTo: 1 << 22))
    }

    private func text(_ response: HTTPClientResponse) async throws -> String {
        "\(response.status.code) \(String(buffer: try await response.body.collect(upTo: 1 << 20)))"
    }

    private func launch(_ world: AgentWorld, _ id: TaskID) {
        world.master.launch(id, "") { task in
            task.command = nil
            var info = ExecutorInfo(executor_id: "ex", command: CommandInfo(shell: "env > environment; exec sleep 1000"))
            info.name = "an executor"
            info.source = "a source"
            info.resources = [.scalar("cpus", 0.5), .scalar("mem", 64)]
            task.executor = info
        }
    }

    private func call(_ kind: ExecutorCall.Kind, _ change: (inout ExecutorCall) -> Void = { _ in }) throws -> Data {
        var call = ExecutorCall(type: kind, executor_id: "ex", framework_id: "f-0000")
        change(&call)
        return try ProtobufTranscoder.encode(call)
    }

    private func count(_ part: String, in text: String) -> Int { text.split(separator: part, omittingEmptySubsequences: false).count - 1 }

    @Test func `an executor subscribes, is given its tasks and reports on them; the documents show one executor`() async throws {
        try await AgentWorld.with { world in
            try await world.withAgent {
                try await eventually("registered") { !world.master.registrations.isEmpty }
                launch(world, "one")
                launch(world, "two")
                let path = "/slave(1)/api/v1/executor"
                try await eventually("known") {
                    try await text(send(world, path, call(.message) { $0.message = .init(data: "QQ==") })).hasPrefix("403")
                }
                let response = try await send(world, path, call(.subscribe) { $0.subscribe = .init() })
                #expect(response.status == .ok && response.headers.first(name: "Content-Type") == Self.protobuf)
                var decoder = RecordIODecoder()
                var launched: [TaskID] = []
                var acknowledged: [TaskID] = []
                var isWelcome = false
                events: for try await chunk in response.body {
                    for record in try decoder.append(chunk) {
                        let event = try ProtobufTranscoder.decode(ExecutorEvent.self, from: record.readableBytesView)
                        if let welcome = event.subscribed {
                            isWelcome = welcome.executor_info.executor_id == "ex" && welcome.framework_info.id == "f-0000"
                        }
                        if let acknowledgement = event.acknowledged { acknowledged.append(acknowledgement.task_id) }
                        guard let task = event.launch?.task.task_id else { continue }
                        launched.append(task)
                        guard task == "one" else { continue }
                        var status = TaskStatus(task_id: task, state: .running)
                        status.uuid = Data(0..<16).base64EncodedString()
                        status.source = "SOURCE_EXECUTOR"
                        let update = try call(.update) { $0.update = .init(status: status) }
                        #expect(try await text(send(world, path, update)) == "202 ")
                    }
                    if launched.count == 2, !acknowledged.isEmpty { break events }
                }
                #expect(isWelcome && launched == ["one", "two"] && acknowledged == ["one"])
                try await eventually("running") { world.master.states(of: "one") == [.running] }

                let state = try await get(world, "/state")
                #expect(count(#""directory":"#, in: state) == 1 && count(#""id":"ex""#, in: state) == 1, "\(state)")
                #expect(state.contains(#""name":"an executor","source":"a source""#))
                #expect(state.contains(#""executor_id":"ex""#) && state.contains(#""resources":{"cpus":0.7"#), "\(state)")
                let containers = try await get(world, "/containers")
                #expect(count(#""container_id":""#, in: containers) == 1 && containers.contains(#""executor_id":"ex""#), "\(containers)")
                let statistics = try await get(world, "/monitor/statistics")
                #expect(statistics.contains(#""source":"a source""#) && statistics.contains(#""cpus_limit":0.7"#), "\(statistics)")
                let metrics = try await get(world, "/metrics/snapshot")
                #expect(metrics.contains(#""slave/executors_running":1"#) && metrics.contains(#""slave/tasks_running":1"#), "\(metrics)")

                let kinds = [9: "GET_STATE", 10: "GET_CONTAINERS", 11: "GET_FRAMEWORKS", 12: "GET_EXECUTORS", 13: "GET_TASKS"]
                for (number, kind) in kinds {
                    let answer = try await send(world, "/api/v1", Data([0x08, UInt8(number)]))
                    #expect(answer.status == .ok && answer.headers.first(name: "Content-Type") == Self.protobuf)
                    let bytes = try await answer.body.collect(upTo: 1 << 20)
                    let message = try ProtobufTranscoder.json(of: .agentResponse, from: bytes.readableBytesView)
                    let json = String(decoding: message, as: UTF8.self)
                    #expect(json.hasPrefix("{\"type\":\"\(kind)\",\"\(kind.lowercased())\":{"), "\(json)")
                    if kind == "GET_TASKS" { #expect(count(#""task_id""#, in: json) >= 2 && json.contains("launched_tasks"), "\(json)") }
                    if kind == "GET_EXECUTORS" { #expect(count(#""executor_info""#, in: json) == 1, "\(json)") }
                }
                let version = try await send(world, "/api/v1", Data(#"{"type":"GET_VERSION"}"#.utf8), type: "application/json")
                #expect(version.headers.first(name: "Content-Type") == Self.protobuf, "asked for in JSON, answered as wanted")
                _ = try await version.body.collect(upTo: 1 << 20)
            }
        }
    }

    @Test func `what is no call is refused in the order of the contract`() async throws {
        try await AgentWorld.with { world in
            try await world.withAgent {
                try await eventually("registered") { !world.master.registrations.isEmpty }
                for path in ["/api/v1", "/api/v1/executor"] {
                    #expect(
                        try await text(send(world, path, Data("x".utf8), type: "text/plain"))
                            == "415 Expecting 'Content-Type' of application/json or application/x-protobuf")
                    #expect(try await text(send(world, path, Data([0xff]))) == "400 Failed to parse body into Call protobuf")
                    #expect(
                        try await text(send(world, path, Data("{}".utf8), type: "application/json", accept: "text/html"))
                            .hasSuffix("Expecting 'type' to be present"))
                }
                #expect(try await text(send(world, "/api/v1", Data([0x08, 1]), accept: "text/html")).hasPrefix("406 "))
                let subscribe = try call(.subscribe) { $0.subscribe = .init() }
                #expect(try await text(send(world, "/api/v1/executor", subscribe, accept: "text/html")).hasPrefix("406 "))
                #expect(try await text(send(world, "/api/v1/executor", subscribe)) == "400 Framework cannot be found")
                let odd =
                    #"{"type":"UPDATE","framework_id":{"value":"f"},"executor_id":{"value":"e"},"update":{"status":"#
                    + #"{"task_id":{"value":"t"},"state":"TASK_RUNNING","source":"NOBODY"}}}"#
                #expect(
                    try await text(send(world, "/api/v1/executor", Data(odd.utf8), type: "application/json")).hasSuffix(
                        "Failed to find enum for 'NOBODY'"))
            }
        }
    }
}
