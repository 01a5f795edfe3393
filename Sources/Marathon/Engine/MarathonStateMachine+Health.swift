import AppModel
import ResourceModel

// Health and readiness (contracts/marathon.md §14). The checks themselves are made elsewhere; here is what they mean.

extension MarathonStateMachine {
    /// The checks that the leader performs on a task, as it runs now.
    func healthTargets(of instance: Instance) -> [HealthTarget] {
        guard instance.isRunning, kills[instance.id] == nil, let app = definition(of: instance) else { return [] }
        let ports = TaskPorts(app: app, hostPorts: instance.ports)
        let host = app.ipAddress != nil ? instance.addresses.first ?? instance.host : instance.host
        return app.healthChecks.enumerated().compactMap { index, check in
            guard !check.isPerformedByAgent else { return nil }
            return HealthTarget(task: instance.id, index: index, check: check, host: host, port: ports.port(of: check, app: app))
        }
    }

    func startChecks(_ instance: Instance) -> [EngineAction] {
        var actions: [EngineAction] = []
        let targets = healthTargets(of: instance)
        if !targets.isEmpty { actions.append(.check(task: instance.id, targets)) }
        if lock(of: instance.app) != nil, readiness[instance.id]?.isReady != true, let target = readinessTarget(of: instance) {
            actions.append(.probe(task: instance.id, target))
        }
        return actions
    }

    private func readinessTarget(of instance: Instance) -> ReadinessTarget? {
        guard let app = definition(of: instance), let check = app.readinessChecks.first else { return nil }
        let entry = TaskPorts(app: app, hostPorts: instance.ports).entries.first { $0.name == check.portName }
        guard let port = entry?.number else { return nil }
        return ReadinessTarget(task: instance.id, check: check, host: instance.host, port: port)
    }

    /// The check whose result Mesos reports as `healthy`: the first that the agent performs.
    func agentCheckIndex(of instance: Instance) -> Int? {
        definition(of: instance)?.healthChecks.firstIndex(where: \.isPerformedByAgent)
    }

    mutating func checked(_ task: String, _ index: Int, _ result: TaskHealth.Result, _ now: Timestamp) -> [EngineAction] {
        guard var instance = instances[task], instance.isRunning, let app = definition(of: instance),
            app.healthChecks.indices.contains(index)
        else { return [] }
        let check = app.healthChecks[index]
        let wasHealthy = instance.isHealthy
        let effects = instance.health[index, default: TaskHealth()].record(
            result, of: check, startedAt: instance.startedAt, now: now, isUnreachable: instance.isUnreachable)
        insert(instance)
        let follow = healthEffects(effects, instance, index: index, check: check, now)
        let flipped = effects.contains { if case .changed = $0 { true } else { false } }
        var actions = flipped ? [.store([write(instance)], then: follow)] : follow
        for case .kill(let cause) in effects { actions += killUnhealthy(instance, cause: cause, now) }
        if instance.isHealthy != wasHealthy { actions += evaluate(instance.app, now) }
        return actions
    }

    /// The events of a result.
    func healthEffects(
        _ effects: [TaskHealth.Effect], _ instance: Instance, index: Int, check: HealthCheck?, _ now: Timestamp
    ) -> [EngineAction] {
        var events: [MarathonEvent] = []
        for effect in effects {
            switch effect {
            case .failed:
                events.append(
                    MarathonEvent(
                        "failed_health_check_event", at: now,
                        [
                            ("appId", .string(instance.app.description)), ("taskId", .string(instance.id)),
                            ("healthCheck", check?.json ?? .null),
                        ]))
            case .changed(let alive):
                events.append(
                    MarathonEvent(
                        "health_status_changed_event", at: now,
                        [
                            ("appId", .string(instance.app.description)), ("taskId", .string(instance.id)),
                            ("version", .string(instance.version.description)), ("alive", .bool(alive)),
                        ]))
            case .kill: break
            }
        }
        return events.isEmpty ? [] : [.publish(events)]
    }

    private mutating func killUnhealthy(_ instance: Instance, cause: String, _ now: Timestamp) -> [EngineAction] {
        guard kills[instance.id] == nil else { return [] }
        let event = MarathonEvent(
            "unhealthy_task_kill_event", at: now,
            [
                ("appId", .string(instance.app.description)), ("taskId", .string(instance.id)),
                ("version", .string(instance.version.description)), ("reason", .string(cause)), ("host", .string(instance.host)),
                ("slaveId", .string(instance.agent.value)),
            ])
        let failure = recordFailure(
            instance, state: .killed, message: "Task was killed since health check failed. Reason: \(cause)", now)
        return [.store(failure, then: []), .publish([event])] + kill([instance.id], reason: .unhealthy, now)
    }

    mutating func probed(_ task: String, _ result: ReadinessResult, _ now: Timestamp) -> [EngineAction] {
        guard let instance = instances[task] else { return [] }
        readiness[task] = result
        return result.isReady ? [.probe(task: task, nil)] + evaluate(instance.app, now) : []
    }
}
