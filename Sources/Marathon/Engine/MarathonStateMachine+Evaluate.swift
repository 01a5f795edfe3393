import AppModel
import ClusterState
import DeploymentPlanner
import OfferMatcher
import ResourceModel

// Desired against actual, app by app, and with it the progress of deployments (contracts/marathon.md §12).

extension MarathonStateMachine {
    /// Compares what an app should have with what it has, and acts on the difference. Safe to call at any time.
    mutating func evaluate(_ app: AppID, _ now: Timestamp) -> [EngineAction] {
        var actions = act(on: app, now)
        if let deployment = lock(of: app) { actions += advance(deployment.id, now) }
        return actions
    }

    private mutating func act(on app: AppID, _ now: Timestamp) -> [EngineAction] {
        let goal = goal(of: app)
        let decision = goal.decision(for: plannedTasks(of: app, now))
        var actions = demand(decision.pendingLaunches, of: app, now)
        if !decision.kills.isEmpty { actions += kill(decision.kills, reason: goal.killReason, now) }
        return actions
    }

    func goal(of app: AppID) -> AppGoal {
        let deployment = lock(of: app)
        let current = deployment?.action(for: app)
        guard let definition = tree.apps[app] else {
            if let deployment, let current, current.step > deployment.step { return .hold }
            return .stop
        }
        guard let deployment, let current, current.step >= deployment.step else { return .scale(ScaleStep(app: definition)) }
        if current.step > deployment.step { return .hold }
        switch current.action.action {
        case .start: return .hold
        case .scale: return .scale(ScaleStep(app: definition, victims: current.action.victims ?? []))
        case .stop: return .stop
        case .restart:
            guard let progress = deployment.progress[app] else { return .scale(ScaleStep(app: definition)) }
            return .replace(ReplacementStep(app: definition, progress: progress))
        }
    }

    /// The instances of an app as the planner sees them.
    func plannedTasks(of app: AppID, _ now: Timestamp) -> [PlannedTask] {
        let inactiveAfter: Duration? =
            switch tree.apps[app]?.unreachableStrategy ?? .baseline {
            case .disabled: nil
            case .enabled(let inactiveAfterSeconds, _): .seconds(inactiveAfterSeconds)
            }
        return (members[app] ?? []).sorted().compactMap { id in
            guard let instance = instances[id] else { return nil }
            let condition: PlannedTask.Condition =
                switch instance.state {
                case .staging: .staging
                case .starting: .starting
                case .lost, .unreachable:
                    inactiveAfter.map { (instance.unreachableSince ?? now) + $0 <= now } == true ? .unreachable : .running
                default: .running
                }
            return PlannedTask(
                id: id, version: instance.version, condition: condition, isKilling: kills[id] != nil, isHealthy: instance.isHealthy,
                isReady: readiness[id]?.isReady, startedAt: instance.startedAt, hostname: instance.host,
                attributes: instance.attributeTexts)
        }
    }

    private mutating func demand(_ count: Int, of app: AppID, _ now: Timestamp) -> [EngineAction] {
        guard count > 0 else {
            demands[app] = nil
            statistics[app] = nil
            return []
        }
        if demands[app] == nil { statistics[app] = OfferStatistics(since: now) }
        demands[app] = Demand(count: count, since: demands[app]?.since ?? now)
        if let backoff = backoff(of: app), !backoff.isOver(at: now) { return [.wake(backoff.until)] }
        return []
    }

    // MARK: Deployments

    /// Moves a deployment on as far as it goes.
    mutating func advance(_ id: String, _ now: Timestamp) -> [EngineAction] {
        var actions: [EngineAction] = []
        var moved = false
        while let index = deployments.firstIndex(where: { $0.id == id }), !deployments[index].isDone {
            let deployment = deployments[index]
            let step = deployment.plan.steps[deployment.step].actions
            guard step.allSatisfy({ isDone($0, now) }) else { break }
            moved = true
            for action in step where action.action == .stop {
                actions.append(.publish([MarathonEvent("app_terminated_event", at: now, [("appId", .string(action.app.description))])]))
            }
            actions.append(.publish([PlanEvents.stepSuccess(deployment, now)]))
            deployments[index].step += 1
            if !deployments[index].isDone { actions += beginStep(id, now) }
        }
        if moved { actions.append(.settle(deployment: id)) }
        return actions
    }

    /// Announces the step under way and sets its apps to work.
    mutating func beginStep(_ id: String, _ now: Timestamp) -> [EngineAction] {
        guard let deployment = deployments.first(where: { $0.id == id }), !deployment.isDone else { return [] }
        var actions: [EngineAction] = [.publish([PlanEvents.info(deployment, now)])]
        for action in deployment.plan.steps[deployment.step].actions {
            if action.action == .restart { actions += resetBackoff(of: action.app, now) }
            actions += act(on: action.app, now)
        }
        return actions
    }

    private func isDone(_ action: DeploymentAction, _ now: Timestamp) -> Bool {
        switch action.action {
        case .start: return true
        case .stop: return members[action.app] == nil
        case .scale, .restart:
            // An app that is gone again has nothing left to do.
            guard tree.apps[action.app] != nil else { return true }
            return goal(of: action.app).decision(for: plannedTasks(of: action.app, now)).isDone
        }
    }

    /// Lets an app launch at once again.
    mutating func resetBackoff(of app: AppID, _ now: Timestamp) -> [EngineAction] {
        guard backoffs.removeValue(forKey: app) != nil, !frozen.contains(app) else { return [] }
        return [.store([.delete(paths.backoff(app.safeForm))], then: [])]
    }
}
