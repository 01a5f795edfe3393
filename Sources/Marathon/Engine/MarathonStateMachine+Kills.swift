import AppModel
import ClusterState
import ResourceModel

// Kills (contracts/marathon.md §13, kill service): the intent is stored, the order goes out, and again until it is confirmed.

extension MarathonStateMachine {
    mutating func kill(_ tasks: some Sequence<String>, reason: PendingKill.Reason, wipe: Bool = false, _ now: Timestamp) -> [EngineAction] {
        var actions: [EngineAction] = []
        for task in tasks {
            guard let instance = instances[task], kills[task] == nil else { continue }
            if instance.isUnreachable || wipe && !instance.isConfirmed {
                // Nobody would hear the order; the task is killed when it comes back.
                actions += expunge(task, now)
                continue
            }
            kills[task] = PendingKill(reason: reason, wipe: wipe)
            let record = MarathonKillRecord(reason: reason.rawValue, wipe: wipe)
            actions.append(.store([.put(paths.kill(task), Self.encode(record))], then: []))
            actions.append(.check(task: task, []))
            actions.append(.probe(task: task, nil))
        }
        return actions + sendKills(now)
    }

    /// Sends the orders that are due: new ones, and those not confirmed in time; so many at a time.
    mutating func sendKills(_ now: Timestamp) -> [EngineAction] {
        guard isSubscribed, !kills.isEmpty else { return [] }
        var actions: [EngineAction] = []
        var unconfirmed = kills.values.count { $0.sentAt.map { $0 + configuration.killRetryTimeout > now } ?? false }
        for task in kills.keys.sorted() {
            guard unconfirmed < configuration.killChunkSize else { break }
            guard let kill = kills[task], kill.sentAt.map({ $0 + configuration.killRetryTimeout <= now }) ?? true,
                let instance = instances[task]
            else { continue }
            kills[task]?.sentAt = now
            unconfirmed += 1
            let grace = definition(of: instance)?.taskKillGracePeriodSeconds
            actions.append(.call(.kill(task: task, agent: instance.agent, gracePeriodSeconds: grace)))
        }
        return actions
    }
}
