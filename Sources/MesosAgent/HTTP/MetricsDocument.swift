import FoundationEssentials
import Glibc
import ResourceModel

/// `GET /metrics/snapshot` of an agent (contracts/mesos.md §5): the keys of the contract, 0 where nothing is counted.
struct MetricsDocument {
    let snapshot: Agent.Snapshot
    let start: AgentStart
    let collector: SandboxCollector

    /// In the order in which they are shown.
    var values: [(String, JSONValue)] {
        var metrics: [(String, JSONValue)] = []
        func put(_ name: String, _ value: Int) { metrics.append(("slave/" + name, .int(value))) }
        metrics.append(("slave/uptime_secs", .double(Date.now.timeIntervalSince1970 - start.time)))
        put("registered", snapshot.isConnected ? 1 : 0)
        put("recovery_errors", snapshot.counters.recoveryErrors)
        put("frameworks_active", Set(snapshot.tasks.map(\.key.framework) + snapshot.executors.map(\.key.framework)).count)
        let states: [(String, TaskState)] = [("staging", .staging), ("starting", .starting), ("running", .running), ("killing", .killing)]
        for (name, state) in states { put("tasks_" + name, snapshot.tasks.count { $0.state == state }) }
        put("tasks_finished", snapshot.counters.finished)
        put("tasks_failed", snapshot.counters.failed)
        put("tasks_killed", snapshot.counters.killed)
        put("tasks_lost", snapshot.counters.lost)
        let executors = ExecutorView.all(snapshot).active
        put("executors_registering", executors.count { $0.state == .registering })
        put("executors_running", executors.count { $0.state == .running })
        put("executors_terminating", executors.count { $0.state == .terminating })
        put("executors_terminated", snapshot.counters.terminatedExecutors)
        put("executors_preempted", 0)
        put("container_launch_errors", snapshot.counters.launchErrors)
        metrics.append(("slave/executor_directory_max_allowed_age_secs", .double(collector.allowedAge / .seconds(1))))
        put("valid_status_updates", snapshot.counters.validUpdates)
        put("invalid_status_updates", 0)
        put("valid_framework_messages", snapshot.counters.validMessages)
        put("invalid_framework_messages", 0)

        let total = Resources(start.info.resources).applying(checkpointed: snapshot.checkpointedResources)
        let running = executors.filter { $0.state != .terminated }
        let own = snapshot.executors.filter { $0.state != .terminated }.reduce(Resources()) { $0 + Resources($1.info.resources) }
        let used = running.flatMap { $0.queued + $0.running }.reduce(own) { $0 + Resources($1.task.info.resources) }
        for (suffix, isRevocable) in [("", false), ("_revocable", true)] {
            func part(_ resources: Resources) -> Resources {
                Resources(resources.entries.filter { ($0.revocable != nil) == isRevocable })
            }
            let (all, taken) = (part(total), part(used))
            for name in ["cpus", "gpus", "mem", "disk"] {
                let (whole, share) = (all.scalar(name), taken.scalar(name))
                metrics.append(("slave/\(name)\(suffix)_total", .double(whole)))
                metrics.append(("slave/\(name)\(suffix)_used", .double(share)))
                metrics.append(("slave/\(name)\(suffix)_percent", .double(whole > 0 ? share / whole : 0)))
            }
        }
        let containerizer = [
            "container_destroy_errors", "filesystem/containers_new_rootfs", "provisioner/remove_container_errors",
            "provisioner/bind/remove_rootfs_errors",
        ]
        for name in containerizer { metrics.append(("containerizer/mesos/" + name, .int(0))) }
        metrics += Self.system(prefix: "system/", loads: "load_")
        return metrics
    }

    /// `GET /system/stats.json`.
    static func systemStatistics() -> [UInt8] { JSONValue.object(system(prefix: "", loads: "avg_load_")).bytes }

    private static func system(prefix: String, loads: String) -> [(String, JSONValue)] {
        var load = [0.0, 0.0, 0.0]
        _ = getloadavg(&load, 3)
        let page = sysconf(Int32(_SC_PAGESIZE))
        return zip(["1min", "5min", "15min"], load).map { (prefix + loads + $0, .double($1)) } + [
            (prefix + "cpus_total", .int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))),
            (prefix + "mem_total_bytes", .int(sysconf(Int32(_SC_PHYS_PAGES)) * page)),
            (prefix + "mem_free_bytes", .int(sysconf(Int32(_SC_AVPHYS_PAGES)) * page)),
        ]
    }
}
