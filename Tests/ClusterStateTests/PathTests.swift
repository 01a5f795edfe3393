import FoundationEssentials
import ResourceModel
import Testing

@testable import ClusterState

@Suite("Paths of the kernel's znodes")
struct PathTests {
    @Test("every path is found again, ids with slashes too")
    func roundTrip() {
        for id in ["6fd0-S0", "a/b", "100%", "a%2Fb"] {
            #expect(MesosStatePaths.node(at: MesosStatePaths.agent(AgentID(id))) == .agent(AgentID(id)))
            #expect(MesosStatePaths.node(at: MesosStatePaths.live(AgentID(id))) == .live(AgentID(id)))
            #expect(MesosStatePaths.node(at: MesosStatePaths.chunk("01", of: AgentID(id))) == .chunk(AgentID(id), "01"))
            #expect(MesosStatePaths.node(at: MesosStatePaths.framework(FrameworkID(id))) == .framework(FrameworkID(id)))
        }
        #expect(MesosStatePaths.node(at: MesosStatePaths.leader) == .leader)
        for path in MesosStatePaths.skeleton { #expect(MesosStatePaths.node(at: path) == nil) }
    }

    @Test("shards are the first byte of SHA-1, buckets of SHA-256")
    func shards() {
        #expect(MesosStatePaths.shard(of: "abc") == "a9")
        #expect(MarathonPaths.bucketName(of: "abc") == "ba")
        #expect(MarathonPaths.bucketNames.count == 256 && MarathonPaths.bucketNames[10] == "0a")
    }

    @Test("payloads have a fixed form")
    func golden() throws {
        let record = LeaderRecord(master_id: "m", pid: "master@10.0.1.1:5050", epoch: 12)
        #expect(
            String(decoding: try ClusterJSON.encode(record), as: UTF8.self)
                == #"{"epoch":12,"master_id":"m","pid":"master@10.0.1.1:5050","v":1}"#)
        var task = TaskRecord(id: "t", name: "web", framework_id: "f", state: .running, resources: [.scalar("cpus", 0.5)])
        task.statuses = [TaskStatusRecord(state: .running, timestamp: 1.5, healthy: true)]
        let text = String(decoding: try ClusterJSON.encode(TaskChunk(agent_id: "a", tasks: [task.key: task])), as: UTF8.self)
        #expect(
            text
                == #"{"agent_id":{"value":"a"},"tasks":{"f/t":{"executor_id":"","framework_id":{"value":"f"},"id":{"value":"t"},"#
                + #""name":"web","resources":[{"name":"cpus","role":"*","scalar":{"value":0.5},"type":"SCALAR"}],"state":"TASK_RUNNING","#
                + #""statuses":[{"healthy":true,"state":"TASK_RUNNING","timestamp":1.5}]}},"v":1}"#)
        #expect(try ClusterJSON.decode(TaskChunk.self, from: Data(text.utf8)).tasks["f/t"] == task)
    }
}
