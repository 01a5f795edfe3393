import ClusterState
import ResourceModel

/// What operators see over the API v1 and the `GET`s of quotas, weights and maintenance, from a copy of a leader's state
/// (contracts/mesos.md §4.8, §4.9, §10).
struct OperatorView: Sendable {
    let machine: MasterStateMachine

    // MARK: Roles

    struct RoleMembers: Sendable, Hashable {
        var name: String
        var weight: Double
        /// In the order of their ids.
        var frameworks: [FrameworkID]
    }

    var quotas: QuotaStatus {
        QuotaStatus(infos: machine.roles.quotas.sorted { $0.key < $1.key }.map(\.value), configs: machine.roles.configs)
    }

    /// Explicit ones only.
    var weights: [WeightInfo] {
        machine.roles.weights.sorted { $0.key < $1.key }.map { WeightInfo(role: $0.key, weight: $0.value) }
    }

    /// Whitelisted roles, or `*` and those with frameworks, weights or quota, by name.
    var roleMembers: [RoleMembers] {
        let configuration = machine.configuration
        let weights = machine.roles.weights
        var members: [String: [FrameworkID]] = [:]
        for entry in machine.frameworks.values where !entry.isOrphan {
            for role in entry.record.info.allRoles { members[role, default: []].append(entry.id) }
        }
        var names = configuration.roles
        if names.isEmpty {
            names = Set(members.keys)
            names.formUnion(weights.keys)
            names.formUnion(configuration.weights.keys)
            names.formUnion(machine.roles.rolesWithQuota)
        }
        names.insert("*")
        return names.sorted().map { name in
            RoleMembers(
                name: name, weight: weights[name] ?? configuration.weights[name] ?? 1, frameworks: (members[name] ?? []).sorted())
        }
    }

    var roles: OperatorResponse.Roles {
        .init(
            roles: roleMembers.map { role in
                var sum = Resources()
                for id in role.frameworks {
                    guard let entry = machine.frameworks[id] else { continue }
                    sum += machine.used(by: entry) + offered(to: entry)
                }
                return .init(name: role.name, weight: role.weight, frameworks: role.frameworks, resources: sum.entries)
            })
    }

    // MARK: Maintenance

    var schedule: MaintenanceSchedule { machine.maintenance.schedule }

    var maintenanceStatus: MaintenanceStatus {
        let machines = machine.maintenance.list
        return MaintenanceStatus(
            draining_machines: machines.filter { $0.mode == .draining }.map { .init(id: $0.id, statuses: answers(about: $0.id)) },
            down_machines: machines.filter { $0.mode == .down }.map(\.id))
    }

    private func answers(about id: MachineID) -> [MaintenanceStatus.Answer] {
        (machine.inverseOffers.answers[id.normalized] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    }

    // MARK: Agents and frameworks

    func agent(_ entry: AgentEntry) -> OperatorResponse.Agent {
        var result = OperatorResponse.Agent(agent_info: entry.record.info, active: entry.isActive, version: entry.record.version)
        result.pid = entry.record.pid
        result.registered_time = time(entry.record.registered_time)
        result.reregistered_time = entry.reregisteredTime.map(time)
        result.total_resources = entry.total.entries
        result.allocated_resources = machine.used(on: entry).entries
        result.offered_resources = entry.offers.reduce(into: Resources()) { $0 += machine.offers[$1]?.resources ?? Resources() }.entries
        result.deactivated = entry.record.deactivated
        result.drain_info = entry.record.drain.map { drain in
            .init(
                state: entry.tasks.isEmpty ? .drained : .draining,
                config: .init(max_grace_period: drain.max_grace_period, mark_gone: drain.mark_gone))
        }
        return result
    }

    var agents: OperatorResponse.Agents {
        let all = machine.agents.values.sorted { $0.record.agent_id < $1.record.agent_id }
        return .init(agents: all.filter { !$0.isRecovered }.map(agent), recovered_agents: all.filter(\.isRecovered).map(\.record.info))
    }

    private func offered(to entry: FrameworkEntry) -> Resources {
        entry.offers.reduce(into: Resources()) { $0 += machine.offers[$1]?.resources ?? Resources() }
    }

    func framework(_ entry: FrameworkEntry) -> OperatorResponse.Framework {
        var info = entry.record.info
        info.id = entry.id
        var result = OperatorResponse.Framework(framework_info: info, active: entry.isConnected, connected: entry.isConnected)
        result.registered_time = time(entry.record.registered_time)
        result.reregistered_time = entry.record.reregistered_time.map(time)
        result.unregistered_time = entry.record.unregistered_time.map(time)
        result.offers = entry.offers.sorted().compactMap { machine.offers[$0]?.offer }
        result.inverse_offers = machine.inverseOffers.outstanding.values.filter { $0.framework_id == entry.id }.sorted { $0.id < $1.id }
        result.allocated_resources = machine.used(by: entry).entries
        result.offered_resources = offered(to: entry).entries
        return result
    }

    private var known: [FrameworkEntry] { machine.frameworks.values.filter { !$0.isOrphan }.sorted { $0.id < $1.id } }
    private var orphans: [FrameworkEntry] { machine.frameworks.values.filter(\.isOrphan).sorted { $0.id < $1.id } }

    var frameworks: OperatorResponse.Frameworks {
        .init(frameworks: known.map(framework), completed_frameworks: machine.completedFrameworks.map(framework))
    }

    // MARK: Executors and tasks

    var executors: OperatorResponse.Executors {
        func list(_ entries: [FrameworkEntry]) -> [OperatorResponse.Executor] {
            entries.flatMap { entry in
                entry.knownExecutors.map { agent, info in
                    var info = info
                    info.framework_id = entry.id
                    return OperatorResponse.Executor(executor_info: info, agent_id: agent)
                }
            }
        }
        return .init(executors: list(known), orphan_executors: list(orphans))
    }

    var tasks: OperatorResponse.Tasks {
        func active(_ entries: [FrameworkEntry]) -> [TaskDescription] {
            entries.flatMap { entry in
                entry.tasks.keys.sorted().compactMap { entry.tasks[$0]?.description }
            }
        }
        return .init(
            tasks: active(known), unreachable_tasks: known.flatMap { $0.unreachableTasks.map(\.description) },
            completed_tasks: (known + machine.completedFrameworks).flatMap { $0.completedTasks.map(\.description) },
            orphan_tasks: active(orphans))
    }

    var state: OperatorResponse.State { .init(tasks: tasks, executors: executors, frameworks: frameworks, agents: agents) }

    private func time(_ seconds: Double) -> TimeInfo { TimeInfo(nanoseconds: Int64((seconds * 1e6).rounded()) * 1000) }
}

extension TaskEntry {
    /// In the form of the operator API.
    var description: TaskDescription {
        var result = TaskDescription(
            name: record.name, task_id: record.id, framework_id: record.framework_id, agent_id: agent, state: record.state,
            resources: record.resources)
        result.executor_id = record.executor_id.isEmpty ? nil : ExecutorID(record.executor_id)
        result.statuses = record.statuses.map { status in
            var entry = TaskStatus(task_id: record.id, state: status.state)
            entry.agent_id = agent
            entry.executor_id = result.executor_id
            entry.timestamp = status.timestamp
            entry.healthy = status.healthy
            entry.labels = status.labels.map { Labels($0) }
            entry.container_status = status.container_status
            return entry
        }
        result.status_update_state = record.status_update?.state
        result.status_update_uuid = record.status_update?.uuid
        result.labels = record.labels.map { Labels($0) }
        result.discovery = record.discovery
        result.container = record.container
        result.user = record.user
        return result
    }
}
