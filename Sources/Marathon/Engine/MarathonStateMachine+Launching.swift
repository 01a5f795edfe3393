import AppModel
import OfferMatcher
import ResourceModel

// Offers to tasks (contracts/marathon.md §10.3): matched, stored, then accepted.

extension MarathonStateMachine {
    mutating func match(_ offers: [Offer], _ now: Timestamp) -> [EngineAction] {
        var queue = launchRequests(now)
        let matcher = OfferMatcher(
            defaultRoles: configuration.acceptedRoles, maxTasksPerOffer: configuration.maximumTasksPerOffer)
        var actions: [EngineAction] = []
        var unused: [OfferID] = []
        var cutShort: [OfferID] = []
        for offer in offers {
            let match = matcher.match(offer, queue: &queue, using: &generator)
            record(match, offer, now)
            if match.launches.isEmpty {
                if match.isCutShort { cutShort.append(offer.id) } else { unused.append(offer.id) }
            } else {
                actions.append(launch(match.launches, on: offer, now))
            }
        }
        let seconds = Double(configuration.declineOfferDuration.wholeMilliseconds) / 1000
        if !unused.isEmpty { actions.append(.call(.decline(unused, refuseSeconds: seconds))) }
        if !cutShort.isEmpty { actions.append(.call(.decline(cutShort, refuseSeconds: 5))) }
        return actions
    }

    private func launchRequests(_ now: Timestamp) -> [LaunchRequest] {
        wantedLaunches(now).sorted { $0.key < $1.key }.compactMap { id, count in
            guard let app = tree.apps[id] else { return nil }
            let compared =
                app.constraints.isEmpty
                ? []
                : instances(of: id).filter { $0.version >= app.configurationTime && !$0.isUnreachable }
            return LaunchRequest(
                app: app, count: count, tasks: compared.map { Placement(hostname: $0.host, attributes: $0.attributeTexts) })
        }
    }

    /// Stores the new instances; when they are durable accepts the offer with them.
    private mutating func launch(_ launches: [Launch], on offer: Offer, _ now: Timestamp) -> EngineAction {
        let builder = TaskInfoBuilder(user: configuration.mesosUser, environmentPrefix: configuration.environmentPrefix ?? "")
        var writes: [NodeWrite] = []
        var tasks: [TaskInfo] = []
        var events: [MarathonEvent] = []
        for launch in launches {
            let id = TaskIDs.taskID(of: launch.app.id, uuid: uuids.next(now: now))
            let instance = Instance(
                id: id, app: launch.app.id, version: launch.app.version, configuration: launch.app.configurationTime,
                agent: launch.agentID, host: offer.hostname, attributes: offer.attributes, ports: launch.hostPorts,
                checkCount: launch.app.healthChecks.count, stagedAt: now)
            insert(instance)
            writes.append(write(instance))
            tasks.append(builder.taskInfo(for: launch, taskID: id))
            events.append(statusEvent(instance, message: "", now))
            if let demand = demands[instance.app] {
                demands[instance.app] = demand.count > 1 ? Demand(count: demand.count - 1, since: demand.since) : nil
            }
        }
        return .store(writes, then: [.call(.accept(offer: offer.id, tasks: tasks)), .publish(events)])
    }

    /// These tasks were never launched.
    mutating func notAccepted(_ tasks: [String], _ now: Timestamp) -> [EngineAction] {
        var actions: [EngineAction] = []
        for task in tasks {
            guard let instance = instances[task], !instance.isConfirmed else { continue }
            actions += expunge(task, now)
        }
        return actions
    }

    private mutating func record(_ match: OfferMatch, _ offer: Offer, _ now: Timestamp) {
        for app in Set(match.launches.map(\.app.id)) { statistics[app]?.record(reasons: [], offer: offer, now: now) }
        for (app, reasons) in match.rejections where !reasons.isEmpty {
            statistics[app]?.record(reasons: reasons, offer: offer, now: now)
        }
    }
}
