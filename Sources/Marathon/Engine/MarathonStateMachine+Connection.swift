import AppModel
import ClusterState
import ResourceModel

// Subscriptions, offers on and off, reconciliation, and everything that happens by time (contracts/marathon.md §13).

extension MarathonStateMachine {
    mutating func subscribed(_ now: Timestamp) -> [EngineAction] {
        isSubscribed = true
        subscribedAt = now
        lastReconciliation = nil
        for task in kills.keys { kills[task]?.sentAt = nil }
        interest.subscribed(wanted: wantedLaunches(now), at: now)
        return sendKills(now) + [.wake(now + configuration.reconciliationInitialDelay)]
    }

    /// Launches that wait and are not delayed, by app.
    func wantedLaunches(_ now: Timestamp) -> [AppID: Int] {
        demands.compactMapValues { $0.count }.filter { $0.value > 0 && !isDelayed($0.key, now) }
    }

    func isDelayed(_ app: AppID, _ now: Timestamp) -> Bool {
        guard let backoff = backoff(of: app) else { return false }
        return !backoff.isOver(at: now)
    }

    /// The delay in force of the app's present configuration.
    func backoff(of app: AppID) -> LaunchBackoff? {
        guard let backoff = backoffs[app], backoff.configuration == tree.apps[app]?.configurationTime else { return nil }
        return backoff.launch
    }

    mutating func updateInterest(_ now: Timestamp) -> [EngineAction] {
        guard isSubscribed else { return [] }
        var actions: [EngineAction] = []
        switch interest.step(
            wanted: wantedLaunches(now), at: now, interval: configuration.minimumReviveInterval,
            repetitions: configuration.reviveRepetitions)
        {
        case .revive: actions.append(.call(.revive))
        case .suppress: actions.append(.call(.suppress))
        case nil: break
        }
        if let due = interest.due { actions.append(.wake(due)) }
        return actions
    }

    mutating func tick(_ now: Timestamp) -> [EngineAction] {
        var actions = sendKills(now)
        actions += reconcile(now)
        actions += killOverdue(now)
        actions += expungeLost(now)
        actions += forgetBackoffs(now)
        actions += checkScale(now)
        return actions
    }

    private mutating func reconcile(_ now: Timestamp) -> [EngineAction] {
        guard isSubscribed, let subscribedAt else { return [] }
        let due =
            lastReconciliation.map { $0 + configuration.reconciliationInterval } ?? subscribedAt + configuration.reconciliationInitialDelay
        guard due <= now else { return [] }
        lastReconciliation = now
        return reconciliation()
    }

    /// Explicitly for all known tasks in batches, then implicitly for those that only the master knows.
    func reconciliation() -> [EngineAction] {
        let known = instances.values.map { SchedulerCall.Reconcile.Task(task_id: TaskID($0.id), agent_id: $0.agent) }
        var actions: [EngineAction] = []
        for start in stride(from: 0, to: known.count, by: 1000) {
            actions.append(.call(.reconcile(Array(known[start..<min(start + 1000, known.count)]))))
        }
        actions.append(.call(.reconcile([])))
        return actions
    }

    private mutating func killOverdue(_ now: Timestamp) -> [EngineAction] {
        let overdue = instances.values.filter { instance in
            guard kills[instance.id] == nil else { return false }
            switch instance.state {
            case .staging where !instance.isConfirmed, .starting:
                return instance.stagedAt + configuration.taskLaunchConfirmTimeout < now
            case .staging: return instance.stagedAt + configuration.taskLaunchTimeout < now
            default: return false
            }
        }
        return overdue.isEmpty ? [] : kill(overdue.map(\.id), reason: .overdue, now)
    }

    private mutating func expungeLost(_ now: Timestamp) -> [EngineAction] {
        var actions: [EngineAction] = []
        for instance in instances.values {
            guard let since = instance.unreachableSince, let limit = expungeLimit(of: instance), since + limit < now else { continue }
            actions += expunge(instance.id, now)
        }
        return actions
    }

    /// How long an unreachable task is remembered; nil: for ever.
    private func expungeLimit(of instance: Instance) -> Duration? {
        switch tree.apps[instance.app]?.unreachableStrategy {
        case .disabled?: nil
        case .enabled(_, let expungeAfterSeconds)?: .seconds(expungeAfterSeconds)
        case nil: configuration.taskLostExpungeAfter
        }
    }

    /// A delay whose deadline has long passed is forgotten, so that an app that fails rarely starts from the base.
    private mutating func forgetBackoffs(_ now: Timestamp) -> [EngineAction] {
        var writes: [NodeWrite] = []
        for (app, backoff) in backoffs where backoff.launch.until + .seconds(10) < now && !frozen.contains(app) {
            backoffs[app] = nil
            writes.append(.delete(paths.backoff(app.safeForm)))
        }
        return writes.isEmpty ? [] : [.store(writes, then: [])]
    }

    /// The safety net under the level-triggered decisions: looks at every app once in a while.
    private mutating func checkScale(_ now: Timestamp) -> [EngineAction] {
        if let lastScaleCheck, lastScaleCheck + configuration.scaleAppsInterval > now { return [] }
        lastScaleCheck = now
        return evaluateAll(now)
    }

    mutating func evaluateAll(_ now: Timestamp) -> [EngineAction] {
        var actions: [EngineAction] = []
        for app in Set(tree.apps.keys).union(members.keys).sorted() { actions += evaluate(app, now) }
        return actions
    }
}
