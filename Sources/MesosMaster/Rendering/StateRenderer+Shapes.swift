import ClusterState
import ResourceModel

// The shapes that the v0 endpoints share (contracts/mesos.md §4.1, §4.2).
extension StateRenderer {
    /// The flat resources object: sums over roles; `<name>_revocable` for what may be taken back.
    func write(_ resources: Resources, to json: inout JSONText) {
        let firm = resources.filter { !$0.revocable }
        let revocable = resources.filter { $0.revocable }
        json.object { json in
            for name in ["cpus", "gpus", "mem", "disk"] { json.member(name, firm.scalar(name)) }
            writeOthers(of: firm, suffix: "", to: &json)
            for name in revocable.scalarNames.sorted() where ["cpus", "gpus", "mem", "disk"].contains(name) {
                json.member(name + "_revocable", revocable.scalar(name))
            }
            writeOthers(of: revocable, suffix: "_revocable", to: &json)
        }
    }

    private func writeOthers(of resources: Resources, suffix: String, to json: inout JSONText) {
        let others = Dictionary(grouping: resources.entries, by: \.name).sorted { $0.key < $1.key }
        for (name, entries) in others where !["cpus", "gpus", "mem", "disk"].contains(name) {
            switch entries.first?.type {
            case .scalar: json.member(name + suffix, resources.scalar(name))
            case .ranges: json.member(name + suffix, resources.ranges(name).description)
            case .set:
                let items = Set(entries.flatMap { $0.set?.item ?? [] }).sorted()
                json.member(name + suffix, "{" + items.joined(separator: ", ") + "}")
            case .text, nil: break
            }
        }
    }

    func writeResources(_ name: String, _ resources: Resources, to json: inout JSONText) {
        json.key(name)
        write(resources, to: &json)
    }

    /// The members of an agent.
    func write(_ agent: AgentEntry, to json: inout JSONText) {
        json.member("id", agent.record.agent_id.value)
        json.member("pid", agent.record.pid)
        json.member("hostname", agent.record.info.hostname)
        json.member("registered_time", shown(agent.record.registered_time))
        if let time = agent.reregisteredTime { json.member("reregistered_time", shown(time)) }
        writeResources("resources", agent.total, to: &json)
        writeResources("used_resources", used(on: agent), to: &json)
        writeResources("offered_resources", offered(on: agent), to: &json)
        let roles = Set(agent.total.entries.map(\.role)).subtracting(["*"])
        json.object("reserved_resources") { json in
            for role in roles.sorted() { writeResources(role, agent.total.filter { $0.role == role }, to: &json) }
        }
        writeResources("unreserved_resources", agent.total.filter { $0.role == "*" }, to: &json)
        json.object("attributes") { json in
            for attribute in agent.record.info.attributes { write(attribute, to: &json) }
        }
        json.member("active", agent.isActive)
        json.member("version", agent.record.version)
    }

    private func write(_ attribute: Attribute, to json: inout JSONText) {
        if let value = attribute.scalar?.value {
            json.member(attribute.name, value)
        } else if let value = attribute.text?.value {
            json.member(attribute.name, value)
        } else if let ranges = attribute.ranges {
            let set = RangeSet(ranges.range.compactMap { $0.begin <= $0.end ? $0.begin...$0.end : nil })
            json.member(attribute.name, set.description)
        } else if let items = attribute.set?.item {
            json.member(attribute.name, "{" + items.joined(separator: ", ") + "}")
        }
    }

    /// The summary members of a framework.
    func writeSummary(of framework: FrameworkEntry, to json: inout JSONText) {
        json.member("id", framework.id.value)
        json.member("name", framework.record.name)
        if let pid = framework.record.pid { json.member("pid", pid) }
        writeResources("used_resources", used(by: framework), to: &json)
        writeResources("offered_resources", offered(to: framework), to: &json)
        json.array("capabilities") { json in
            for capability in framework.record.info.capabilities { json.string(capability.type) }
        }
        json.member("hostname", framework.record.info.hostname ?? "")
        json.member("webui_url", framework.record.info.webui_url ?? "")
        json.member("active", framework.isConnected)
    }

    func write(_ framework: FrameworkEntry, to json: inout JSONText) {
        let record = framework.record
        json.object { json in
            writeSummary(of: framework, to: &json)
            json.member("user", record.info.user)
            json.member("failover_timeout", record.info.failover_timeout)
            json.member("checkpoint", record.info.checkpoint)
            json.member("role", record.info.role)
            json.member("registered_time", shown(record.registered_time))
            json.member("unregistered_time", shown(record.unregistered_time ?? 0))
            if let principal = record.info.principal { json.member("principal", principal) }
            writeResources("resources", used(by: framework) + offered(to: framework), to: &json)
            if let time = record.reregistered_time, time != record.registered_time { json.member("reregistered_time", shown(time)) }
            json.array("tasks") { json in writeTasks(framework.tasks, to: &json) }
            json.array("completed_tasks") { json in for task in framework.completedTasks { write(task, to: &json) } }
            json.array("offers") { json in
                for id in framework.offers.sorted() {
                    guard let entry = machine.offers[id] else { continue }
                    json.object { json in
                        json.member("id", id.value)
                        json.member("framework_id", framework.id.value)
                        json.member("slave_id", entry.offer.agent_id.value)
                        writeResources("resources", entry.resources, to: &json)
                    }
                }
            }
            json.array("executors") { _ in }
            if let labels = record.info.labels?.labels, !labels.isEmpty { json.member("labels", labels) }
        }
    }

    func writeTasks(_ tasks: [TaskID: TaskEntry], to json: inout JSONText) {
        for task in tasks.values.sorted(by: { $0.record.id < $1.record.id }) { write(task, to: &json) }
    }

    func write(_ task: TaskEntry, to json: inout JSONText) {
        let record = task.record
        json.object { json in
            json.member("id", record.id.value)
            json.member("name", record.name)
            json.member("framework_id", record.framework_id.value)
            json.member("executor_id", record.executor_id)
            json.member("slave_id", task.agent.value)
            json.member("state", record.state.rawValue)
            writeResources("resources", task.resources, to: &json)
            json.array("statuses") { json in for status in record.statuses { write(status, to: &json) } }
            if let user = record.user { json.member("user", user) }
            if let labels = record.labels, !labels.isEmpty { json.member("labels", labels) }
            if let discovery = record.discovery { json.member("discovery", discovery) }
            if let container = record.container { json.member("container", container) }
        }
    }

    private func write(_ status: TaskStatusRecord, to json: inout JSONText) {
        json.object { json in
            json.member("state", status.state.rawValue)
            json.member("timestamp", shown(status.timestamp))
            if let labels = status.labels, !labels.isEmpty { json.member("labels", labels) }
            if var container = status.container_status {
                container.executor_pid = nil
                json.member("container_status", container)
            }
            if let healthy = status.healthy { json.member("healthy", healthy) }
        }
    }
}
