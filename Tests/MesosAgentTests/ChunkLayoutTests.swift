import ClusterState
import FoundationEssentials
import ResourceModel
import Testing

@testable import MesosAgent

@Suite("The layout of task chunks") struct ChunkLayoutTests {
    private func record(_ id: String, state: TaskState = .running, padding: Int = 0) -> TaskRecord {
        var record = TaskRecord(id: TaskID(id), name: id, framework_id: "f-0000", state: state, resources: [.scalar("cpus", 0.1)])
        record.container = nil
        record.user = String(repeating: "x", count: padding)
        return record
    }

    @Test func `a chunk is the JSON of its records`() throws {
        var layout = ChunkLayout(agentID: "a-S0")
        let records = [record("one"), record("two / \"quoted\"")]
        for record in records { try layout.put(record) }
        var expected = TaskChunk(agent_id: "a-S0")
        for record in records { expected.tasks[record.key] = record }
        let changes = layout.takeChanges(limit: 1 << 20)
        #expect(changes == [.write(chunk: "_", payload: try ClusterJSON.encode(expected))])
        #expect(!layout.hasChanges)
    }

    @Test func `an equal record is no change`() throws {
        var layout = ChunkLayout(agentID: "a")
        try layout.put(record("one"))
        _ = layout.takeChanges(limit: 1 << 20)
        try layout.put(record("one"))
        #expect(!layout.hasChanges)
    }

    @Test func `the last record takes its chunk with it`() throws {
        var layout = ChunkLayout(agentID: "a")
        try layout.put(record("one"))
        _ = layout.takeChanges(limit: 1 << 20)
        layout.remove("f-0000/one")
        #expect(layout.takeChanges(limit: 1 << 20) == [.delete(chunk: "_")])
    }

    @Test func `large label lists stay out, but for what load balancers read`() throws {
        var layout = ChunkLayout(agentID: "a")
        var large = record("one")
        large.labels = [Label(key: "doc", value: String(repeating: "x", count: 9000)), Label(key: "VIP_PORT0", value: "1.2.3.4:80")]
        try layout.put(large)
        guard case .write(_, let payload)? = layout.takeChanges(limit: 1 << 20).first else {
            Issue.record("nothing written")
            return
        }
        let chunk = try ClusterJSON.decode(TaskChunk.self, from: payload)
        #expect(chunk.tasks["f-0000/one"]?.labels == [Label(key: "VIP_PORT0", value: "1.2.3.4:80")])
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `after any changes the written chunks hold exactly the records, within their sizes`(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var layout = ChunkLayout(agentID: "a")
        var model: [String: TaskRecord] = [:]
        var store: [String: TaskChunk] = [:]
        var sizes: [String: Int] = [:]
        for step in 0..<240 {
            let growing = step < 150
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                if Double.random(in: 0..<1, using: &random) < (growing ? 0.85 : 0.1) {
                    let record = record(
                        "task-\(Int.random(in: 0..<2000, using: &random))", padding: Int.random(in: 0..<2500, using: &random))
                    model[record.key] = record
                    try layout.put(record)
                } else if let key = model.keys.sorted().randomElement(using: &random) {
                    model[key] = nil
                    layout.remove(key)
                }
            }
            if step % 50 == 7 { layout.rewrite(existing: store.keys.map { $0 } + ["0101"]) }
            while layout.hasChanges {
                for change in layout.takeChanges(limit: 400 * 1024) {
                    switch change {
                    case .write(let chunk, let payload):
                        store[chunk] = try ClusterJSON.decode(TaskChunk.self, from: payload)
                        sizes[chunk] = payload.count
                    case .delete(let chunk): store[chunk] = nil
                    }
                }
            }
            var union: [String: TaskRecord] = [:]
            for chunk in store.values {
                for (key, record) in chunk.tasks {
                    #expect(union[key] == nil, "seed \(seed) step \(step): \(key) is in two chunks")
                    union[key] = record
                }
            }
            #expect(union == model, "seed \(seed) step \(step)")
            #expect(store.keys.allSatisfy { (sizes[$0] ?? 0) < 140 * 1024 }, "seed \(seed) step \(step)")
        }
        for key in model.keys { layout.remove(key) }
        while layout.hasChanges {
            for case .delete(let chunk) in layout.takeChanges(limit: 1 << 20) { store[chunk] = nil }
        }
        #expect(store.isEmpty && layout.chunkNames.isEmpty)
    }
}
