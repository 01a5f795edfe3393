import AsyncHTTPClient
import ClusterState
import EnsembleTesting
import FoundationEssentials
import ResourceModel
import Testing
import ZooKeeper

@testable import MesosMaster

@Suite("Master over HTTP and ZooKeeper", .serialized)
struct MasterAPITests {
    /// A leading master, a session for agents, and a scripted agent that serves it.
    private func withMaster(
        _ body: (TestEnsemble, MasterUnderTest, ScriptedAgent) async throws -> Void
    ) async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let master = MasterUnderTest(ensemble, port: 5050)
            let client = ZooKeeperClient(servers: ensemble.servers, sessionTimeout: .seconds(4))
            let agent = ScriptedAgent(client)
            try await running({ try await client.run() }) {
                try await running({ try await master.run() }) {
                    try await eventually("the master leads") { (try? await master.get("/state"))?.status == 200 ? true : nil }
                    try await body(ensemble, master, agent)
                }
            }
        }
    }

    @Test("The election node is what clients read")
    func electionNode() async throws {
        try await withMaster { ensemble, master, _ in
            let client = ZooKeeperClient(servers: ensemble.servers)
            try await running({ try await client.run() }) {
                let names = try await client.children("/mesos").names
                #expect(names.count == 1 && names.allSatisfy { $0.hasPrefix("json.info_") && $0.count == 20 })
                let info = try ClusterJSON.decode(MasterInfo.self, from: try await client.get("/mesos/\(names[0])").data)
                #expect(info.address.ip == master.address && info.address.port == 5050 && info.pid == "master@\(master.address):5050")
                let leader = try ClusterJSON.decode(LeaderRecord.self, from: try await client.get(MesosStatePaths.leader).data)
                #expect(leader.master_id == info.id)
            }
        }
    }

    @Test("Elect, register, subscribe, offer, launch, update, acknowledge, kill, tear down")
    func wayOfATask() async throws {
        try await withMaster { _, master, agent in
            let scheduler = ScriptedScheduler()
            try await running({ try await agent.run(on: master) }) {
                try await running({ try await scheduler.run(on: master) }) {
                    let offer = try await eventually("an offer") { scheduler.offers.first }
                    let (framework, stream) = (try #require(scheduler.id), try #require(scheduler.stream))
                    var task = TaskInfo(
                        name: "t", task_id: "t", agent_id: offer.agent_id, resources: [.scalar("cpus", 1), .scalar("mem", 64)])
                    task.command = CommandInfo(shell: "sleep 1000")
                    var accept = SchedulerCall(type: .accept, framework_id: framework)
                    accept.accept = .init(offer_ids: [offer.id], operations: [.launch([task])])
                    #expect(try await master.call(accept, stream: stream).status == 202)
                    let running = try await eventually("TASK_RUNNING") { scheduler.updates.first }
                    #expect(running.state == .running && running.agent_id == agent.id)
                    var acknowledge = SchedulerCall(type: .acknowledge, framework_id: framework)
                    let uuid = try #require(running.uuid)
                    acknowledge.acknowledge = .init(agent_id: offer.agent_id, task_id: "t", uuid: uuid)
                    #expect(try await master.call(acknowledge, stream: stream).status == 202)
                    try await eventually("the acknowledgement") { agent.commands.first { $0.type == .acknowledge } }
                    let state = try await eventually("the state shows it") {
                        let body = try await master.get("/master/state.json").body
                        return body.contains(#""state":"TASK_RUNNING""#) ? body : nil
                    }
                    #expect(state.contains(#""used_resources":{"cpus":1.0,"gpus":0.0,"mem":64.0,"disk":0.0}"#))
                    #expect(try await master.get("/state-summary").body.contains(#""TASK_RUNNING":1"#))
                    #expect(try await master.get("/tasks").body.contains(#""id":"t""#))
                    var kill = SchedulerCall(type: .kill, framework_id: framework)
                    kill.kill = .init(task_id: "t")
                    #expect(try await master.call(kill, stream: stream).status == 202)
                    try await eventually("TASK_KILLED") { scheduler.updates.first { $0.state == .killed } }
                    let form = ["Content-Type": "application/x-www-form-urlencoded"]
                    #expect(try await master.post("/teardown", "frameworkId=\(framework)", headers: form).status == 200)
                    try await eventually("the stream's end") { scheduler.hasEnded ? true : nil }
                }
            }
        }
    }

    @Test("A scheduler that goes away is disconnected at once")
    func schedulerGone() async throws {
        try await withMaster { _, master, _ in
            let scheduler = ScriptedScheduler()
            try await running({ try await scheduler.run(on: master) }) {
                try await eventually("SUBSCRIBED") { scheduler.id }
                #expect(try await master.get("/metrics/snapshot").body.contains(#""master/frameworks_active":1"#))
            }
            try await eventually("disconnected", within: .seconds(5)) {
                try await master.get("/metrics/snapshot").body.contains(#""master/frameworks_active":0"#) ? true : nil
            }
        }
    }

    @Test("Refusals of the scheduler API, with the contract's bodies")
    func refusals() async throws {
        try await withMaster { (_, master, _) async throws -> Void in
            func refusal(_ body: String, _ headers: [String: String] = ["Content-Type": "application/json"]) async throws -> String {
                let answer = try await master.post("/api/v1/scheduler", body, headers: headers)
                return "\(answer.status) \(answer.body)"
            }
            #expect(try await master.get("/api/v1/scheduler").status == 405)
            #expect(try await refusal("{}", [:]) == "400 Expecting 'Content-Type' to be present")
            #expect(
                try await refusal("{}", ["Content-Type": "text/plain"])
                    == "415 Expecting 'Content-Type' of application/json or application/x-protobuf")
            #expect(try await refusal("{").hasPrefix("400 Failed to parse body into JSON: "))
            #expect(try await refusal(#"{"type":"X"}"#) == "400 Failed to convert JSON into Call protobuf: Failed to find enum for 'X'")
            #expect(try await refusal("{}") == "400 Failed to validate scheduler::Call: Expecting 'type' to be present")
            #expect(
                try await refusal(#"{"type":"REVIVE"}"#) == "400 Failed to validate scheduler::Call: Expecting 'framework_id' to be present"
            )
            #expect(try await refusal(#"{"type":"REVIVE","framework_id":{"value":"x"}}"#) == "400 Framework cannot be found")
            let subscribe = #"{"type":"SUBSCRIBE","subscribe":{"framework_info":{"user":"u","name":"n"}}}"#
            #expect(
                try await refusal(subscribe, ["Content-Type": "application/json", "Mesos-Stream-Id": "x"])
                    == "400 Subscribe calls should not include the 'Mesos-Stream-Id' header")
            #expect(try await refusal(subscribe, ["Content-Type": "application/json", "Accept": "text/html"]).hasPrefix("406"))
            let acknowledge =
                #"{"type":"ACKNOWLEDGE","framework_id":{"value":"x"},"acknowledge":{"agent_id":{"value":"a"},"task_id":{"value":"t"},"uuid":"AAAA"}}"#
            #expect(try await refusal(acknowledge) == "400 Failed to validate scheduler::Call: Not a valid UUID")
        }
    }

    @Test("A standby redirects; when the leader shuts down the standby leads within a second and knows agent, framework and task")
    func handOver() async throws {
        try await withMaster { ensemble, first, agent in
            let second = MasterUnderTest(ensemble, port: 5052)
            try await running({ try await second.run() }) {
                let redirect = try await eventually("a redirect") {
                    let answer = try? await second.get("/state?x=1")
                    return answer?.status == 307 ? answer : nil
                }
                #expect(redirect.headers["location"] == "//\(first.address):5050/master/state?x=1")
                let scheduler = ScriptedScheduler()
                let framework = try await running({ try await agent.run(on: first) }) {
                    try await running({ try await scheduler.run(on: first) }) {
                        let offer = try await eventually("an offer") { scheduler.offers.first }
                        let framework = try #require(scheduler.id)
                        var task = TaskInfo(
                            name: "t", task_id: "t", agent_id: offer.agent_id, resources: [.scalar("cpus", 1), .scalar("mem", 64)])
                        task.command = CommandInfo(shell: "sleep 1000")
                        var accept = SchedulerCall(type: .accept, framework_id: framework)
                        accept.accept = .init(offer_ids: [offer.id], operations: [.launch([task])])
                        let stream = try #require(scheduler.stream)
                        #expect(try await first.call(accept, stream: stream).status == 202)
                        try await eventually("TASK_RUNNING") { scheduler.updates.first }
                        await first.shutDown()
                        let start = ContinuousClock.now
                        try await eventually("the second leads") { (try? await second.get("/state"))?.status == 200 ? true : nil }
                        #expect(start.duration(to: .now) < .seconds(1))
                        try await eventually("the first closed the stream") { scheduler.hasEnded ? true : nil }
                        return framework
                    }
                }
                let again = ScriptedScheduler()
                try await running({ try await again.run(on: second, id: framework) }) {
                    try await eventually("SUBSCRIBED again") { again.id }
                    #expect(again.id == framework)
                    #expect(again.offers.isEmpty)
                    try await running({ try await agent.run(on: second) }) {
                        let offer = try await eventually("an offer without what the task uses") { again.offers.first }
                        #expect(Resources(offer.resources).cpus == 3)
                        #expect(!again.updates.contains { $0.state.isTerminal })
                    }
                }
            }
        }
    }
}
