import FoundationEssentials
import Glibc
import ResourceModel
import TaskProcess

/// What running tasks use, from /proc and, where there are any, from their cgroups (contracts/mesos.md §6.2). Blocks.
struct TaskStatistics: Sendable {
    let cgroups: Cgroups?
    var disks: DiskWatch?

    /// One element per task whose usage could be read.
    func collect(_ snapshot: Agent.Snapshot) -> [(task: AgentTask, statistics: JSONValue)] {
        let table = ProcessTable.current()
        return snapshot.tasks.compactMap { task in
            guard case .running(let pid) = task.phase, let main = table.entries[pid] else { return nil }
            // Everything the task's supervisor parents.
            return (task, statistics(of: task, processes: table.descendants(of: main.parent)))
        }
    }

    private func statistics(of task: AgentTask, processes: [ProcessEntry]) -> JSONValue {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = sysconf(Int32(_SC_PAGESIZE))
        let live = processes.filter { !$0.isZombie }
        let resources = StateDocument.resources(of: task)
        let usage = cgroups?.usage(task.containerID)
        let resident = live.reduce(0) { $0 + $1.residentPages } * page
        var members: [(String, JSONValue)] = [
            ("timestamp", .double(Date.now.timeIntervalSince1970)),
            ("cpus_user_time_secs", .double(usage?.userSeconds ?? Double(live.reduce(0) { $0 + $1.userTime }) / ticks)),
            ("cpus_system_time_secs", .double(usage?.systemSeconds ?? Double(live.reduce(0) { $0 + $1.systemTime }) / ticks)),
            ("cpus_limit", .double(resources.cpus)),
            ("mem_limit_bytes", .int(usage?.memoryLimit ?? Int(resources.mem * 1_048_576))),
            ("mem_rss_bytes", .int(usage?.memoryRSS ?? resident)), ("processes", .int(live.count)),
            ("threads", .int(live.reduce(0) { $0 + $1.threads })),
        ]
        members += usage?.members ?? []
        if let disk = disks?.usage(task.containerID) {
            members.append(("disk_used_bytes", .int(disk.used)))
            if let limit = disk.limit { members.append(("disk_limit_bytes", .int(limit))) }
        }
        return .object(members)
    }
}
