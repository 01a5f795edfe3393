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
        let usage = Usage(machine)
        return render { json in
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
            if let directory = machine.configuration.flags["log_dir"] { json.member("log_dir", directory) }
            if let file = machine.configuration.externalLogFile { json.member("external_log_file", file) }
            json.object("flags") { writeFlags(to: &$0) }
            json.array("slaves") { json in for agent in agents { json.object { write(agent, usage, to: &$0) } } }
            write(frameworks, machine.completedFrameworks, usage, to: &json)
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
            var counts = TaskCounts()
            var agents: Set<AgentID> = []
            for task in framework.tasks.values {
                counts.add(task.record.state)
                byAgent[task.agent, default: TaskCounts()].add(task.record.state)
                agents.insert(task.agent)
            }
            for task in framework.completedTasks {
                counts.add(task.record.state)
                byAgent[task.agent, default: TaskCounts()].add(task.record.state)
            }
            for agent in agents { frameworksOn[agent, default: []].insert(framework.id) }
            byFramework[framework.id] = counts
            agentsOf[framework.id] = agents
        }
        let usage = Usage(machine)
        return render { json in
            json.member("hostname", machine.master.hostname)
            if let cluster = machine.configuration.cluster { json.member("cluster", cluster) }
            json.array("slaves") { json in
                for agent in agents {
                    json.object { json in
                        write(agent, usage, to: &json)
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
                        writeSummary(of: framework, usage, to: &json)
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
    /// - only: nil for all.
    func slaves(only: AgentID? = nil) -> [UInt8] {
        let usage = Usage(machine)
        let offers = Dictionary(grouping: machine.offers.values, by: \.offer.agent_id)
        return render { json in
            json.array("slaves") { json in
                for agent in agents where only == nil || agent.record.agent_id == only {
                    let total = agent.total.entries
                    json.object { json in
                        write(agent, usage, to: &json)
                        json.object("reserved_resources_full") { json in
                            for (role, entries) in Self.reserved(total) { json.member(role, entries) }
                        }
                        json.member("unreserved_resources_full", total.filter { $0.role == "*" })
                        json.member("used_resources_full", machine.used(on: agent).entries)
                        let offered = (offers[agent.record.agent_id] ?? []).reduce(into: Resources()) { $0 += $1.resources }
                        json.member("offered_resources_full", offered.entries)
                    }
                }
            }
            json.array("recovered_slaves") { json in
                for agent in agents where agent.isRecovered && (only == nil || agent.record.agent_id == only) {
                    json.object { json in
                        json.member("id", agent.record.agent_id.value)
                        json.member("hostname", agent.record.info.hostname)
                    }
                }
            }
        }
    }

    /// `GET /frameworks`.
    /// - only: nil for all.
    func frameworksDocument(only: FrameworkID? = nil) -> [UInt8] {
        let usage = Usage(machine)
        return render { json in
            write(
                frameworks.filter { only == nil || $0.id == only }, machine.completedFrameworks.filter { only == nil || $0.id == only },
                usage, to: &json)
            json.array("unregistered_frameworks") { json in
                for framework in orphans where only == nil || framework.id == only { json.string(framework.id.value) }
            }
        }
    }

    /// `GET /tasks` over active and completed tasks.
    func tasks(_ selection: TaskSelection) -> [UInt8] {
        let page = selection.page(of: frameworks + machine.completedFrameworks)
        return render { json in json.array("tasks") { json in for task in page { write(task, to: &json) } } }
    }

    /// `GET /roles`.
    func roles() -> [UInt8] {
        let usage = Usage(machine)
        return render { json in
            json.array("roles") { json in
                for role in OperatorView(machine: machine).roleMembers {
                    json.object { json in
                        json.member("name", role.name)
                        json.member("weight", role.weight)
                        var sum = ResourceSum()
                        for framework in role.frameworks {
                            sum.add(usage.used(by: framework) + usage.offered(to: framework))
                        }
                        writeResources("resources", sum, to: &json)
                        json.array("frameworks") { json in for framework in role.frameworks { json.string(framework.value) } }
                    }
                }
            }
        }
    }

    /// `GET /registrar(1)/registry`.
    func registry() -> [UInt8] {
        let mirror = machine.mirror
        return render { json in
            json.object("master") { $0.member("info", machine.master) }
            json.object("slaves") { json in
                json.array("slaves") { json in
                    for agent in agents { json.object { $0.member("info", agent.record.info) } }
                }
            }
            json.object("machines") { json in
                json.array("machines") { json in
                    for machine in mirror.machines.machines { json.object { $0.member("info", machine) } }
                }
            }
            json.array("schedules") { json in
                if !mirror.maintenance.schedule.windows.isEmpty { json.message(mirror.maintenance.schedule) }
            }
            json.array("quotas") { json in
                for (_, info) in mirror.quotas.quotas.sorted(by: { $0.key < $1.key }) { json.object { $0.member("info", info) } }
            }
            json.array("weights") { json in
                for (role, weight) in mirror.weights.weights.sorted(by: { $0.key < $1.key }) {
                    json.object { $0.member("info", WeightInfo(role: role, weight: weight)) }
                }
            }
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

    private func render(_ body: (inout JSONText) -> Void) -> [UInt8] {
        var json = JSONText()
        json.object(body)
        return json.bytes
    }

    private func writeFlags(to json: inout JSONText) {
        for (name, value) in machine.configuration.flags.sorted(by: { $0.key < $1.key }) { json.member(name, value) }
    }

    private func write(
        _ frameworks: [FrameworkEntry], _ completed: [FrameworkEntry], _ usage: Usage, to json: inout JSONText
    ) {
        json.array("frameworks") { json in for framework in frameworks { write(framework, usage, to: &json) } }
        json.array("completed_frameworks") { json in for framework in completed { write(framework, usage, to: &json) } }
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
