import FoundationEssentials
import Glibc
import ResourceModel
import TaskProcess

/// What running executors use, their tasks included, from /proc and, where there are any, from their cgroups (contracts/mesos.md §6.2). Blocks.
struct TaskStatistics: Sendable {
    let cgroups: Cgroups?
    var disks: DiskWatch?

    /// By container; only those whose usage could be read.
    func collect(_ executors: [ExecutorView]) -> [ContainerID: JSONValue] {
        let table = ProcessTable.current()
        var result: [ContainerID: JSONValue] = [:]
        for executor in executors {
            guard let pid = executor.pid, let main = table.entries[pid] else { continue }
            // Everything the supervisor parents.
            result[executor.run.container] = statistics(of: executor, processes: table.descendants(of: main.parent))
        }
        return result
    }

    private func statistics(of executor: ExecutorView, processes: [ProcessEntry]) -> JSONValue {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = sysconf(Int32(_SC_PAGESIZE))
        let live = processes.filter { !$0.isZombie }
        let resources = executor.resources
        let usage = cgroups?.usage(executor.run.container)
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
        if let disk = disks?.usage(executor.run.container) {
            members.append(("disk_used_bytes", .int(disk.used)))
            if let limit = disk.limit { members.append(("disk_limit_bytes", .int(limit))) }
        }
        return .object(members)
    }
}
