import AppModel
import ClusterState
import ResourceModel

// Status updates (contracts/marathon.md §13). Each is stored, then acknowledged, then published.

extension MarathonStateMachine {
    mutating func update(_ status: TaskStatus, _ now: Timestamp) -> [EngineAction] {
        guard let instance = instances[status.task_id.value] else { return updateUnknown(status, now) }
        switch TaskCondition(status) {
        case .ended: return end(instance, status, now)
        case .unreachable: return lose(instance, status, now)
        case .alive: return progress(instance, status, now)
        }
    }

    private func updateUnknown(_ status: TaskStatus, _ now: Timestamp) -> [EngineAction] {
        let id = status.task_id.value
        switch TaskCondition(status) {
        case .ended, .unreachable:
            let event = MarathonEvent(
                "unknown_task_terminated_event", at: now,
                [
                    ("taskId", .string(id)), ("runSpecId", .string(TaskIDs.app(of: id)?.description ?? "/")),
                    ("status", .string(status.state.rawValue)),
                ])
            return [.acknowledge(status), .publish([event])]
        case .alive:
            // Nobody may run what is not in the store.
            return [.acknowledge(status), .call(.kill(task: id, agent: status.agent_id ?? AgentID(""), gracePeriodSeconds: nil))]
        }
    }

    private mutating func progress(_ old: Instance, _ status: TaskStatus, _ now: Timestamp) -> [EngineAction] {
        var instance = old
        instance.isConfirmed = true
        instance.unreachableSince = nil
        instance.state = status.state
        if status.state == .running, instance.startedAt == nil { instance.startedAt = now }
        let addresses = status.container_status?.network_infos.flatMap { $0.ip_addresses.compactMap(\.ip_address) } ?? []
        if !addresses.isEmpty { instance.addresses = addresses }
        var effects: [EngineAction] = []
        if let healthy = status.healthy, let index = agentCheckIndex(of: instance) {
            let changes = instance.health[index, default: TaskHealth()].record(agentReport: healthy, now: now)
            effects = healthEffects(changes, instance, index: index, check: nil, now)
        }
        guard instance != old else { return [.acknowledge(status)] }
        insert(instance)
        var after: [EngineAction] = [.acknowledge(status)]
        if instance.state != old.state || instance.startedAt != old.startedAt {
            after.append(.publish([statusEvent(instance, message: status.message ?? "", now)]))
        }
        after += effects
        var actions: [EngineAction] = [.store([write(instance)], then: after)]
        if instance.isRunning, !old.isRunning { actions += startChecks(instance) }
        return actions + evaluate(instance.app, now)
    }

    private mutating func lose(_ old: Instance, _ status: TaskStatus, _ now: Timestamp) -> [EngineAction] {
        guard !old.isUnreachable else { return [.acknowledge(status)] }
        if kills[old.id] != nil {
            // It was to go anyway: forget it, and kill it should it ever come back.
            return end(old, status, now)
        }
        var instance = old
        instance.state = .lost
        instance.isConfirmed = true
        instance.unreachableSince = now
        insert(instance)
        let failure = recordFailure(instance, state: status.state, message: status.message ?? "", now)
        return [
            .store(
                [write(instance)] + failure,
                then: [.acknowledge(status), .publish([statusEvent(instance, message: status.message ?? "", now)])]),
            .check(task: old.id, []),
        ] + evaluate(instance.app, now)
    }

    private mutating func end(_ old: Instance, _ status: TaskStatus, _ now: Timestamp) -> [EngineAction] {
        var instance = old
        instance.state = status.state
        var writes = forget(old.id)
        let wasKilledForHealth = kills[old.id]?.reason == .unhealthy
        remove(old.id)
        switch status.state {
        case .failed, .error, .lost, .dropped, .gone, .goneByOperator, .unknown:
            writes += recordFailure(instance, state: status.state, message: status.message ?? "", now)
        default: break
        }
        // What the master could not place at all says nothing about the app.
        let isFault = status.state != .killed && status.reason != "REASON_INVALID_OFFERS"
        if isFault, !wasKilledForHealth { writes += delayLaunches(after: instance, now) }
        return [
            .store(
                writes, then: [.acknowledge(status), .publish([statusEvent(instance, message: status.message ?? "", now)])]),
            .check(task: old.id, []), .probe(task: old.id, nil),
        ] + evaluate(instance.app, now)
    }

    /// Forgets a task without a word from Mesos; reported as killed.
    mutating func expunge(_ task: String, _ now: Timestamp) -> [EngineAction] {
        guard var instance = instances[task] else { return [] }
        let writes = forget(task)
        remove(task)
        instance.state = .killed
        return [
            .store(writes, then: [.publish([statusEvent(instance, message: "Task was forgotten", now)])]), .check(task: task, []),
            .probe(task: task, nil),
        ] + evaluate(instance.app, now)
    }

    /// The deletion of a task's nodes.
    private func forget(_ task: String) -> [NodeWrite] {
        [.delete(paths.instance(task))] + (kills[task] == nil ? [] : [.delete(paths.kill(task))])
    }

    mutating func recordFailure(_ instance: Instance, state: TaskState, message: String, _ now: Timestamp) -> [NodeWrite] {
        guard tree.apps[instance.app] != nil, !frozen.contains(instance.app) else { return [] }
        let failure = MarathonFailureRecord(
            appId: instance.app.description, host: instance.host, message: message, state: state.rawValue, taskId: instance.id,
            timestamp: now.description, version: instance.version.description, slaveId: instance.agent.value)
        failures[instance.app] = failure
        return [.put(paths.failure(instance.app.safeForm), Self.encode(failure))]
    }

    /// Makes the next launch wait, because a task ended by itself.
    private mutating func delayLaunches(after instance: Instance, _ now: Timestamp) -> [NodeWrite] {
        guard let app = tree.apps[instance.app], app.configurationTime == instance.configuration, !frozen.contains(app.id) else {
            return []
        }
        let previous = backoffs[app.id].flatMap { $0.configuration == app.configurationTime ? $0.launch : nil }
        let launch = LaunchBackoff.afterFailure(of: app, previous: previous, now: now)
        backoffs[app.id] = Backoff(configuration: app.configurationTime, launch: launch)
        let record = MarathonBackoffRecord(
            config: app.configurationTime.description, delayMs: launch.delay.wholeMilliseconds, until: launch.until.description)
        return [.put(paths.backoff(app.id.safeForm), Self.encode(record))]
    }

    func statusEvent(_ instance: Instance, message: String, _ now: Timestamp) -> MarathonEvent {
        var fields: [(String, JSONValue)] = [
            ("slaveId", .string(instance.isConfirmed ? instance.agent.value : "n/a")), ("taskId", .string(instance.id)),
            ("taskStatus", .string(instance.state.rawValue)), ("message", .string(message)),
            ("appId", .string(instance.app.description)), ("host", .string(instance.host)),
        ]
        if !instance.addresses.isEmpty {
            fields.append(
                ("ipAddresses", .array(instance.addresses.map { ["ipAddress": .string($0), "protocol": "IPv4"] })))
        }
        fields.append(("ports", JSONValue(instance.ports)))
        fields.append(("version", .string(instance.version.description)))
        return MarathonEvent("status_update_event", at: now, fields)
    }
}
