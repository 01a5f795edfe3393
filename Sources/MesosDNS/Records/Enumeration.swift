import DNSWire

/// Every framework with its running tasks and the records that each of them brought (contracts/dns-networking.md §3.7,
/// `/v1/enumerate`).
struct Enumeration: Sendable, Encodable {
    struct Record: Sendable, Encodable {
        var name: String
        var host: String
        var rtype: String
    }
    struct Task: Sendable, Encodable {
        var name: String
        var id: String
        var records: [Record]
    }
    struct Framework: Sendable, Encodable {
        var tasks: [Task]
        var name: String
    }

    var frameworks: [Framework] = []

    init(_ builder: ZoneBuilder) {
        var seen: Set<ZoneRecord> = []
        var tasks = builder.frameworks.mapValues { _ in [Task]() }
        let all = builder.tasks.flatMap { agent, chunks in chunks.values.flatMap { $0.values.map { (agent, $0) } } }
        for (agent, task) in all.sorted(by: { $0.1.id < $1.1.id }) where tasks[task.framework] != nil {
            let records = builder.records(of: task, on: agent).filter { seen.insert($0).inserted }
            tasks[task.framework]?.append(
                Task(
                    name: task.name, id: task.id,
                    records: records.map { Record(name: $0.name.description, host: $0.host, rtype: $0.type) }))
        }
        frameworks = builder.frameworks.sorted { $0.key < $1.key }
            .map { Framework(tasks: tasks[$0.key] ?? [], name: $0.value.name) }
    }
}
