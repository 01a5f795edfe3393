import ClusterState
import ResourceModel

// The shapes that the v0 endpoints share (contracts/mesos.md §4.1, §4.2).
extension StateRenderer {
    func writeResources(_ name: String, _ resources: ResourceSum, to json: inout JSONText) {
        json.key(name)
        resources.write(to: &json)
    }

    /// The members of an agent.
    func write(_ agent: AgentEntry, _ usage: Usage, to json: inout JSONText) {
        json.member("id", agent.record.agent_id.value)
        json.member("pid", agent.record.pid)
        json.member("hostname", agent.record.info.hostname)
        json.member("registered_time", shown(agent.record.registered_time))
        if let time = agent.reregisteredTime { json.member("reregistered_time", shown(time)) }
        let id = agent.record.agent_id
        let total = agent.total.entries
        writeResources("resources", ResourceSum(total), to: &json)
        writeResources("used_resources", usage.used(on: id), to: &json)
        writeResources("offered_resources", usage.offered(on: id), to: &json)
        json.object("reserved_resources") { json in
            for (role, entries) in Self.reserved(total) { writeResources(role, ResourceSum(entries), to: &json) }
        }
        writeResources("unreserved_resources", ResourceSum(total.lazy.filter { $0.role == "*" }), to: &json)
        json.object("attributes") { json in
            for attribute in agent.record.info.attributes { write(attribute, to: &json) }
        }
        json.member("active", agent.isActive)
        json.member("version", agent.record.version)
    }

    /// By role, in the order of their names.
    static func reserved(_ resources: [Resource]) -> [(role: String, entries: [Resource])] {
        guard resources.contains(where: { $0.role != "*" }) else { return [] }
        return Dictionary(grouping: resources.filter { $0.role != "*" }, by: \.role).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
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
    func writeSummary(of framework: FrameworkEntry, _ usage: Usage, to json: inout JSONText) {
        json.member("id", framework.id.value)
        json.member("name", framework.record.name)
        if let pid = framework.record.pid { json.member("pid", pid) }
        writeResources("used_resources", usage.used(by: framework.id), to: &json)
        writeResources("offered_resources", usage.offered(to: framework.id), to: &json)
        json.array("capabilities") { json in
            for capability in framework.record.info.capabilities { json.string(capability.type) }
        }
        json.member("hostname", framework.record.info.hostname ?? "")
        json.member("webui_url", framework.record.info.webui_url ?? "")
        json.member("active", framework.isConnected)
    }

    func write(_ framework: FrameworkEntry, _ usage: Usage, to json: inout JSONText) {
        let record = framework.record
        json.object { json in
            writeSummary(of: framework, usage, to: &json)
            json.member("connected", framework.isConnected)
            json.member("user", record.info.user)
            json.member("failover_timeout", record.info.failover_timeout)
            json.member("checkpoint", record.info.checkpoint)
            json.member("role", record.info.role)
            if record.info.has("MULTI_ROLE") { json.array("roles") { json in for role in record.info.roles { json.string(role) } } }
            json.member("registered_time", shown(record.registered_time))
            json.member("unregistered_time", shown(record.unregistered_time ?? 0))
            if let principal = record.info.principal { json.member("principal", principal) }
            writeResources("resources", usage.used(by: framework.id) + usage.offered(to: framework.id), to: &json)
            if let time = record.reregistered_time, time != record.registered_time { json.member("reregistered_time", shown(time)) }
            json.array("tasks") { json in writeTasks(framework.tasks, to: &json) }
            json.array("unreachable_tasks") { json in for task in framework.unreachableTasks { write(task, to: &json) } }
            json.array("completed_tasks") { json in for task in framework.completedTasks { write(task, to: &json) } }
            json.array("offers") { json in
                for id in framework.offers.sorted() {
                    guard let entry = machine.offers[id] else { continue }
                    json.object { json in
                        json.member("id", id.value)
                        json.member("framework_id", framework.id.value)
                        json.member("slave_id", entry.offer.agent_id.value)
                        writeResources("resources", ResourceSum(entry.offer.resources), to: &json)
                    }
                }
            }
            json.array("executors") { json in
                for (agent, info) in framework.knownExecutors { write(info, of: framework.id, on: agent, to: &json) }
            }
            if let labels = record.info.labels?.labels, !labels.isEmpty { write("labels", labels, to: &json) }
        }
    }

    private func write(_ executor: ExecutorInfo, of framework: FrameworkID, on agent: AgentID, to json: inout JSONText) {
        json.object { json in
            json.member("executor_id", executor.executor_id.value)
            json.member("name", executor.name ?? "")
            json.member("framework_id", framework.value)
            json.key("command")
            write(executor.command, to: &json)
            writeResources("resources", ResourceSum(executor.resources), to: &json)
            if let labels = executor.labels?.labels, !labels.isEmpty { write("labels", labels, to: &json) }
            json.member("slave_id", agent.value)
        }
    }

    private func write(_ command: CommandInfo, to json: inout JSONText) {
        json.object { json in
            json.member("shell", command.shell)
            if let value = command.value { json.member("value", value) }
            json.array("argv") { json in for argument in command.arguments { json.string(argument) } }
            if let environment = command.environment { json.member("environment", environment) }
            json.array("uris") { json in
                for uri in command.uris {
                    json.object { json in
                        json.member("value", uri.value)
                        json.member("executable", uri.executable ?? false)
                    }
                }
            }
        }
    }

    func writeTasks(_ tasks: [TaskID: TaskEntry], to json: inout JSONText) {
        for id in tasks.keys.sorted() {
            if let task = tasks[id] { write(task, to: &json) }
        }
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
            writeResources("resources", ResourceSum(record.resources), to: &json)
            json.array("statuses") { json in for status in record.statuses { write(status, to: &json) } }
            if let user = record.user { json.member("user", user) }
            if let labels = record.labels, !labels.isEmpty { write("labels", labels, to: &json) }
            if let discovery = record.discovery { write("discovery", discovery, to: &json) }
            if let container = record.container { write("container", container, to: &json) }
        }
    }

    private func write(_ status: TaskStatusRecord, to json: inout JSONText) {
        json.object { json in
            json.member("state", status.state.rawValue)
            json.member("timestamp", shown(status.timestamp))
            if let labels = status.labels, !labels.isEmpty { write("labels", labels, to: &json) }
            if let container = status.container_status { write("container_status", container, to: &json) }
            if let healthy = status.healthy { json.member("healthy", healthy) }
        }
    }
}
