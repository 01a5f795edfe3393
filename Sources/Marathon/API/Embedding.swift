/// What an app in an answer carries besides its definition (contracts/marathon.md §3.2).
struct Embedding: OptionSet, Sendable {
    let rawValue: Int

    static let tasks = Embedding(rawValue: 1 << 0)
    static let counts = Embedding(rawValue: 1 << 1)
    static let deployments = Embedding(rawValue: 1 << 2)
    static let readiness = Embedding(rawValue: 1 << 3)
    static let lastTaskFailure = Embedding(rawValue: 1 << 4)
    static let taskStats = Embedding(rawValue: 1 << 5)

    static let list: Embedding = [.counts, .deployments]
    static let single: Embedding = [.counts, .tasks, .lastTaskFailure, .deployments]

    init(rawValue: Int) { self.rawValue = rawValue }

    /// - values: of the query parameter, with or without their prefix; unknown ones count for nothing.
    init(_ values: [String]) {
        self = []
        for value in values {
            switch value.split(separator: ".").last {
            case "tasks": formUnion([.tasks, .deployments])
            case "counts": insert(.counts)
            case "deployments": insert(.deployments)
            case "readiness": insert(.readiness)
            case "lastTaskFailure": insert(.lastTaskFailure)
            case "failures": formUnion([.tasks, .lastTaskFailure, .deployments])
            case "taskStats": insert(.taskStats)
            default: break
            }
        }
    }
}
