import Allocator
import ClusterState
import ResourceModel

/// `GET /metrics/snapshot`: a flat object of numbers (contracts/mesos.md §5); every name exists from the start.
struct MetricsRenderer: Sendable {
    let renderer: StateRenderer
    let uptime: Double
    let system: SystemFigures
    let timers: MasterTimers
    /// Bytes.
    let registrySize: Int

    private static let counters = [
        "slave_registrations", "slave_reregistrations", "slave_removals", "slave_removals/reason_unhealthy",
        "slave_removals/reason_unregistered", "slave_removals/reason_registered", "slave_shutdowns_scheduled",
        "slave_shutdowns_completed", "slave_shutdowns_canceled", "recovery_slave_removals", "dropped_messages",
        "tasks_finished", "tasks_failed", "tasks_killed", "tasks_lost", "tasks_error",
        "valid_framework_to_executor_messages", "invalid_framework_to_executor_messages", "valid_executor_to_framework_messages",
        "invalid_executor_to_framework_messages", "valid_status_updates", "invalid_status_updates",
        "valid_status_update_acknowledgements", "invalid_status_update_acknowledgements",
    ]
    private static let messages = [
        "register_framework", "reregister_framework", "unregister_framework", "deactivate_framework", "kill_task",
        "status_update_acknowledgement", "resource_request", "launch_tasks", "decline_offers", "revive_offers", "suppress_offers",
        "reconcile_tasks", "framework_to_executor", "executor_to_framework", "register_slave", "reregister_slave", "unregister_slave",
        "status_update", "exited_executor", "update_slave", "authenticate",
    ]

    func render() -> [UInt8] {
        let machine = renderer.machine
        var json = JSONText()
        json.object { json in
            json.member("master/uptime_secs", uptime)
            json.member("master/elected", machine.isLeading ? 1 : 0)
            json.member("master/outstanding_offers", machine.offers.count)
            for name in ["event_queue_messages", "event_queue_dispatches", "event_queue_http_requests"] {
                json.member("master/\(name)", 0)
            }
            writeAgents(to: &json)
            writeFrameworks(to: &json)
            writeTasks(to: &json)
            writeResources(to: &json)
            for name in Self.counters { json.member("master/\(name)", machine.metrics[name]) }
            for name in Self.messages { json.member("master/messages_\(name)", machine.metrics["messages_\(name)"]) }
            for (name, value) in machine.metrics.counters.sorted(by: { $0.key < $1.key }) where name.hasPrefix("task_") {
                json.member("master/\(name)", value)
            }
            writeAllocator(to: &json)
            write("allocator/mesos/allocation_run_ms", timers[.allocationRun], to: &json)
            write("registrar/state_store_ms", timers[.registryStore], to: &json)
            json.member("registrar/state_fetch_ms", timers[.registryFetch].last)
            json.member("registrar/registry_size_bytes", registrySize)
            json.member("registrar/queued_operations", machine.commits.count)
            json.member("registrar/log/recovered", machine.isLeading ? 1 : 0)
            system.writeMetrics(to: &json)
        }
        return json.bytes
    }

    private func writeAgents(to json: inout JSONText) {
        let agents = renderer.agents
        json.member("master/slaves_active", agents.count { $0.isActive })
        json.member("master/slaves_inactive", agents.count { !$0.isActive })
        json.member("master/slaves_connected", agents.count { $0.link != nil })
        json.member("master/slaves_disconnected", agents.count { $0.link == nil })
    }

    private func writeFrameworks(to json: inout JSONText) {
        let frameworks = renderer.frameworks
        for kind in ["active", "connected"] { json.member("master/frameworks_\(kind)", frameworks.count { $0.isConnected }) }
        for kind in ["inactive", "disconnected"] { json.member("master/frameworks_\(kind)", frameworks.count { !$0.isConnected }) }
    }

    private func writeTasks(to json: inout JSONText) {
        var counts = TaskCounts()
        for framework in renderer.machine.frameworks.values { for task in framework.tasks.values { counts.add(task.record.state) } }
        for state in [TaskState.staging, .starting, .running, .killing] {
            json.member("master/tasks_\(state.metricName)", counts[state])
        }
    }

    private func writeResources(to json: inout JSONText) {
        var total = ResourceSum()
        for agent in renderer.machine.agents.values where agent.isActive { total.add(agent.total.entries) }
        let usage = Usage(renderer.machine)
        let used = usage.usedByFramework.values.reduce(into: ResourceSum()) { $0.add($1) }
        let offered = usage.offeredToFramework.values.reduce(into: ResourceSum()) { $0.add($1) }
        for name in ["cpus", "gpus", "mem", "disk"] {
            for isRevocable in [false, true] {
                let suffix = isRevocable ? "_revocable" : ""
                let all = total.scalar(name, revocable: isRevocable)
                let taken = used.scalar(name, revocable: isRevocable)
                json.member("master/\(name)\(suffix)_total", all)
                json.member("master/\(name)\(suffix)_used", taken)
                json.member("master/\(name)\(suffix)_percent", all > 0 ? taken / all : 0)
            }
            let both = used + offered
            json.member(
                "allocator/mesos/resources/\(name)/total", total.scalar(name, revocable: false) + total.scalar(name, revocable: true))
            json.member(
                "allocator/mesos/resources/\(name)/offered_or_allocated",
                both.scalar(name, revocable: false) + both.scalar(name, revocable: true))
        }
    }

    private func writeAllocator(to json: inout JSONText) {
        let machine = renderer.machine
        json.member("allocator/mesos/allocation_runs", machine.metrics["allocation_runs"])
        json.member("allocator/mesos/event_queue_dispatches", 0)
        json.member("allocator/event_queue_dispatches", 0)
        let filters = machine.allocator.activeFilterCounts
        for role in OperatorView(machine: machine).roleMembers {
            let held = machine.allocator.heldNonRevocable(by: role.name)
            json.member("allocator/mesos/roles/\(role.name)/shares/dominant", machine.allocator.dominantShare(of: role.name))
            json.member("allocator/mesos/offer_filters/roles/\(role.name)/active", filters[role.name] ?? 0)
            for (name, value) in (machine.roles.limits(of: role.name) ?? [:]).sorted(by: { $0.key < $1.key }) {
                json.member("allocator/mesos/quota/roles/\(role.name)/resources/\(name)/limit", value)
            }
            guard let quota = machine.roles.quotas[role.name] else { continue }
            for resource in quota.guarantee {
                guard let value = resource.scalar?.value else { continue }
                let key = "allocator/mesos/quota/roles/\(role.name)/resources/\(resource.name)"
                json.member("\(key)/guarantee", value)
                json.member("\(key)/offered_or_allocated", held[resource.name])
            }
        }
    }

    /// Timers: the last value and what they were like (contract §5).
    private func write(_ name: String, _ timer: TimerFigures, to json: inout JSONText) {
        json.member(name, timer.last)
        json.member("\(name)/count", timer.count)
        for (statistic, value) in timer.statistics { json.member("\(name)/\(statistic)", value) }
    }
}
