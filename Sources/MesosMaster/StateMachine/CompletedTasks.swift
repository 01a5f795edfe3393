import ClusterState
import DequeModule
import ResourceModel

/// The newest completed tasks of a framework, oldest first. Most questions are about ids that are not in it (each launch
/// asks once): they cost one look-up, not a walk.
struct CompletedTasks: Sendable, Sequence {
    private var entries: Deque<TaskEntry> = []
    private var ids: Set<TaskID> = []

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }
    var first: TaskEntry? { entries.first }

    func makeIterator() -> some IteratorProtocol<TaskEntry> { entries.makeIterator() }

    subscript(id: TaskID) -> TaskEntry? { ids.contains(id) ? entries.last { $0.record.id == id } : nil }

    /// - limit: how many are kept.
    mutating func append(_ task: TaskEntry, limit: Int) {
        remove(task.record.id)
        entries.append(task)
        ids.insert(task.record.id)
        while entries.count > Swift.max(limit, 0), let oldest = entries.popFirst() { ids.remove(oldest.record.id) }
    }

    mutating func remove(_ id: TaskID) {
        guard ids.remove(id) != nil else { return }
        entries.removeAll { $0.record.id == id }
    }
}
