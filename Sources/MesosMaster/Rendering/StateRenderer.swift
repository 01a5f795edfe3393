import ClusterState
import ResourceModel

/// The v0 read endpoints of a leader, rendered from a copy of its state (contracts/mesos.md §4).
struct StateRenderer: Sendable {
    let machine: MasterStateMachine
    let build: BuildInfo
    /// Wall seconds of the process start.
    let startTime: Double

    // MARK: Endpoints

    /// `GET /state`.
    func state() -> [UInt8] {
        render { json in
            build.write(to: &json)
            json.member("start_time", shown(startTime))
            if let elected = machine.electedTime { json.member("elected_time", shown(elected)) }
            json.member("id", machine.master.id)
            json.member("pid", machine.master.pid)
            json.member("hostname", machine.master.hostname)
            json.member("activated_slaves", agents.count { $0.isActive })
            json.member("deactivated_slaves", agents.count { !$0.isActive })
            json.member("leader", machine.master.pid)
            json.object("leader_info") {
                $0.member("id", machine.master.id)
                $0.member("pid", machine.master.pid)
                $0.member("port", machine.master.port)
                $0.member("hostname", machine.master.hostname)
            }
            if let cluster = machine.configuration.cluster { json.member("cluster", cluster) }
            json.object("flags") { writeFlags(to: &$0) }
            json.array("slaves") { json in for agent in agents { json.object { write(agent, to: &$0) } } }
            writeFrameworks(to: &json)
            json.array("orphan_tasks") { json in for framework in orphans { writeTasks(framework.tasks, to: &json) } }
            json.array("unregistered_frameworks") { json in for framework in orphans { json.string(framework.id.value) } }
        }
    }

    /// `GET /state-summary`.
    func stateSummary() -> [UInt8] {
        var byAgent: [AgentID: TaskCounts] = [:]
        var byFramework: [FrameworkID: TaskCounts] = [:]
        var agentsOf: [FrameworkID: Set<AgentID>] = [:]
        var frameworksOn: [AgentID: Set<FrameworkID>] = [:]
        for framework in frameworks {
            for task in Array(framework.tasks.values) + framework.completedTasks {
                byAgent[task.agent, default: TaskCounts()].add(task.record.state)
                byFramework[framework.id, default: TaskCounts()].add(task.record.state)
            }
            for task in framework.tasks.values {
                agentsOf[framework.id, default: []].insert(task.agent)
                frameworksOn[task.agent, default: []].insert(framework.id)
            }
        }
        return render { json in
            json.member("hostname", machine.master.hostname)
            if let cluster = machine.configuration.cluster { json.member("cluster", cluster) }
            json.array("slaves") { json in
                for agent in agents {
                    json.object { json in
                        write(agent, to: &json)
                        (byAgent[agent.record.agent_id] ?? TaskCounts()).write(to: &json)
                        json.array("framework_ids") { json in
                            for id in (frameworksOn[agent.record.agent_id] ?? []).sorted() { json.string(id.value) }
                        }
                    }
                }
            }
            json.array("frameworks") { json in
                for framework in frameworks {
                    json.object { json in
                        writeSummary(of: framework, to: &json)
                        (byFramework[framework.id] ?? TaskCounts()).write(to: &json)
                        json.array("slave_ids") { json in
                            for id in (agentsOf[framework.id] ?? []).sorted() { json.string(id.value) }
                        }
                    }
                }
            }
        }
    }

    /// `GET /slaves`.
    func slaves() -> [UInt8] {
        render { json in
            json.array("slaves") { json in
                for agent in agents {
                    json.object { json in
                        write(agent, to: &json)
                        let reserved = Dictionary(grouping: agent.total.entries.filter { $0.role != "*" }, by: \.role)
                        json.object("reserved_resources_full") { json in
                            for (role, entries) in reserved.sorted(by: { $0.key < $1.key }) { json.member(role, entries) }
                        }
                        json.member("used_resources_full", used(on: agent).entries)
                        json.member("offered_resources_full", offered(on: agent).entries)
                    }
                }
            }
        }
    }

    /// `GET /frameworks`.
    func frameworksDocument() -> [UInt8] {
        render { json in
            writeFrameworks(to: &json)
            json.array("unregistered_frameworks") { json in for framework in orphans { json.string(framework.id.value) } }
        }
    }

    /// `GET /tasks?limit=&offset=&order=` over active and completed tasks; text that is no number counts as absent.
    func tasks(limit: String?, offset: String?, order: String?) -> [UInt8] {
        let limit = limit.flatMap { Int($0) } ?? 100
        let offset = offset.flatMap { Int($0) } ?? 0
        let isAscending = order == "asc"
        var all = (frameworks + machine.completedFrameworks).flatMap { Array($0.tasks.values) + $0.completedTasks }
        all.sort { a, b in
            switch (a.record.statuses.first?.timestamp, b.record.statuses.first?.timestamp) {
            case (let x?, let y?) where x != y: return isAscending ? x < y : x > y
            case (nil, _?): return isAscending
            case (_?, nil): return !isAscending
            default: return a.record.key < b.record.key
            }
        }
        let page = all.dropFirst(max(0, offset)).prefix(max(0, limit))
        return render { json in json.array("tasks") { json in for task in page { write(task, to: &json) } } }
    }

    /// `GET /roles`.
    func roles() -> [UInt8] {
        var names: Set<String> = ["*"]
        names.formUnion(machine.configuration.roles)
        names.formUnion(frameworks.map(\.record.info.role))
        return render { json in
            json.array("roles") { json in
                for name in names.sorted() {
                    let members = frameworks.filter { $0.record.info.role == name }
                    json.object { json in
                        json.member("name", name)
                        json.member("weight", 1.0)
                        json.key("resources")
                        write(members.reduce(into: Resources()) { $0 += used(by: $1) + offered(to: $1) }, to: &json)
                        json.array("frameworks") { json in for framework in members { json.string(framework.id.value) } }
                    }
                }
            }
        }
    }

    /// `GET /registrar(1)/registry`.
    func registry() -> [UInt8] {
        render { json in
            json.object("master") { $0.member("info", machine.master) }
            json.object("slaves") { json in
                json.array("slaves") { json in
                    for agent in agents { json.object { $0.member("info", agent.record.info) } }
                }
            }
            json.object("machines") { $0.array("machines") { _ in } }
            for name in ["schedules", "quotas", "weights"] { json.array(name) { _ in } }
        }
    }

    /// `GET /flags`.
    func flags() -> [UInt8] {
        render { json in json.object("flags") { writeFlags(to: &$0) } }
    }

    /// `GET /version`.
    func version() -> [UInt8] { render { build.write(to: &$0) } }

    // MARK: What is shown

    var agents: [AgentEntry] { machine.agents.values.sorted { $0.record.agent_id < $1.record.agent_id } }
    var frameworks: [FrameworkEntry] { machine.frameworks.values.filter { !$0.isOrphan }.sorted { $0.id < $1.id } }
    var orphans: [FrameworkEntry] { machine.frameworks.values.filter { $0.isOrphan && !$0.tasks.isEmpty }.sorted { $0.id < $1.id } }

    func used(on agent: AgentEntry) -> Resources {
        agent.tasks.reduce(into: Resources()) { sum, entry in
            for id in entry.value {
                if let task = machine.frameworks[entry.key]?.tasks[id], task.isCharged { sum += task.resources }
            }
        }
    }
    func offered(on agent: AgentEntry) -> Resources {
        agent.offers.reduce(into: Resources()) { sum, id in sum += machine.offers[id]?.resources ?? Resources() }
    }
    func used(by framework: FrameworkEntry) -> Resources {
        framework.tasks.values.reduce(into: Resources()) { sum, task in if task.isCharged { sum += task.resources } }
    }
    func offered(to framework: FrameworkEntry) -> Resources {
        framework.offers.reduce(into: Resources()) { sum, id in sum += machine.offers[id]?.resources ?? Resources() }
    }

    private func render(_ body: (inout JSONText) -> Void) -> [UInt8] {
        var json = JSONText()
        json.object(body)
        return json.bytes
    }

    private func writeFlags(to json: inout JSONText) {
        for (name, value) in machine.configuration.flags.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
    }

    private func writeFrameworks(to json: inout JSONText) {
        json.array("frameworks") { json in for framework in frameworks { write(framework, to: &json) } }
        json.array("completed_frameworks") { json in for framework in machine.completedFrameworks { write(framework, to: &json) } }
    }
}

/// Seconds since the epoch to the microsecond.
func shown(_ time: Double) -> Double { (time * 1_000_000).rounded() / 1_000_000 }

/// The nine counters of `/state-summary`.
struct TaskCounts: Sendable {
    static let states: [TaskState] = [.staging, .starting, .running, .killing, .finished, .killed, .failed, .lost, .error]
    private var counts: [TaskState: Int] = [:]

    mutating func add(_ state: TaskState) { counts[state, default: 0] += 1 }
    subscript(state: TaskState) -> Int { counts[state] ?? 0 }

    func write(to json: inout JSONText) {
        for state in Self.states { json.member(state.rawValue, counts[state] ?? 0) }
    }
}
