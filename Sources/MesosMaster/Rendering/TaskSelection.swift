import ClusterState
import ResourceModel

/// Which tasks `GET /tasks` shows, and in which order (contracts/mesos.md §4.4).
struct TaskSelection: Sendable, Hashable {
    var limit = 100
    var offset = 0
    var isAscending = false
    var framework: FrameworkID?
    var task: TaskID?

    /// Text that is no number counts as absent.
    init(_ query: FormValues) {
        limit = query["limit"].flatMap { Int($0) } ?? 100
        offset = query["offset"].flatMap { Int($0) } ?? 0
        isAscending = query["order"] == "asc"
        framework = query["framework_id"].map { FrameworkID($0) }
        task = query["task_id"].map { TaskID($0) }
    }

    func page(of frameworks: [FrameworkEntry]) -> [TaskEntry] {
        var all: [TaskEntry] = []
        for entry in frameworks where framework == nil || entry.id == framework {
            if let task {
                if let active = entry.tasks[task] { all.append(active) }
                all += entry.completedTasks.filter { $0.record.id == task }
            } else {
                all += entry.tasks.values
                all += entry.completedTasks
            }
        }
        all.sort { a, b in
            switch (a.record.statuses.first?.timestamp, b.record.statuses.first?.timestamp) {
            case (let x?, let y?) where x != y: return isAscending ? x < y : x > y
            case (nil, _?): return isAscending
            case (_?, nil): return !isAscending
            default: return a.record.key < b.record.key
            }
        }
        return Array(all.dropFirst(max(0, offset)).prefix(max(0, limit)))
    }
}
