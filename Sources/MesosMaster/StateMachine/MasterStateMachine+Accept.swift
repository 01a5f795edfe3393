import Allocator
import ClusterState
import ResourceModel

// ACCEPT (contracts/mesos.md §8.5).
extension MasterStateMachine {
    mutating func accept(_ call: SchedulerCall.Accept, framework id: FrameworkID, now: Moment) {
        let launches = call.operations.flatMap { $0.type == .launch ? $0.launch?.task_infos ?? [] : [] }
        if let problem = problem(with: call.offer_ids, of: id) {
            for offer in call.offer_ids where offers[offer]?.offer.framework_id == id {
                guard let entry = consume(offer) else { continue }
                allocator.recover(entry.resources, from: id, on: entry.offer.agent_id)
            }
            log("ACCEPT with invalid offers", ["framework": "\(id)", "why": problem])
            for task in launches {
                refuse(
                    task, .lost, "REASON_INVALID_OFFERS", "Task launched with invalid offers: \(problem)", framework: id, now: now)
            }
            return
        }
        let consumed = call.offer_ids.compactMap { consume($0) }
        guard let agent = consumed.first?.offer.agent_id else { return }
        var available = consumed.reduce(into: Resources()) { $0 += $1.resources }
        guard let entry = agents[agent], !entry.isBeingRemoved, entry.link != nil else {
            allocator.recover(available, from: id, on: agent)
            let reason = agents[agent] == nil ? "REASON_AGENT_REMOVED" : "REASON_AGENT_DISCONNECTED"
            let message = agents[agent] == nil ? "Agent removed" : "Agent disconnected"
            for task in launches { refuse(task, .lost, reason, message, framework: id, now: now) }
            return
        }
        for operation in call.operations {
            guard operation.type == .launch else {
                // Contract §8.5 rule 4: an operation that cannot be applied is dropped.
                log("operation dropped", ["framework": "\(id)", "type": operation.type.rawValue])
                continue
            }
            launch(operation.launch?.task_infos ?? [], on: agent, framework: id, from: &available, now: now)
        }
        allocator.recover(available, from: id, on: agent, refuseFor: refusal(call.filters), now: now.uptime)
    }

    private mutating func launch(
        _ tasks: [TaskInfo], on agent: AgentID, framework id: FrameworkID, from available: inout Resources, now: Moment
    ) {
        guard let info = frameworks[id]?.record.info else { return }
        var launched: [TaskInfo] = []
        for task in tasks {
            let live = task.executor.flatMap { frameworks[id]?.executors[agent]?[$0.executor_id] }
            let validation = TaskValidation(
                task: task, agent: agent, framework: id, available: available, liveExecutor: live?.info)
            let isDuplicate = frameworks[id]?.tasks[task.task_id] != nil
            if let problem = validation.problem(isDuplicate: isDuplicate) {
                refuse(task, .error, "REASON_TASK_INVALID", problem, framework: id, now: now)
                continue
            }
            var entry = TaskEntry(info: task, framework: info, frameworkID: id, state: .staging)
            available -= entry.resources
            // Contract §8.5 rule 7: an executor is charged once.
            if let executor = task.executor, live == nil {
                available -= Resources(executor.resources)
                record(executor, of: id, on: agent)
            }
            // The offer's allocation becomes the task's.
            entry.isCharged = true
            put(entry)
            frameworks[id]?.completedTasks.removeAll { $0.record.id == task.task_id }
            launched.append(task)
        }
        guard !launched.isEmpty else { return }
        log(
            "launching", ["framework": "\(id)", "agent": "\(agent)", "tasks": launched.map(\.task_id.value).joined(separator: " ")])
        tell(agent, .launch) {
            $0.agent_id = agent
            $0.framework_info = info
            $0.framework_id = id
            $0.tasks = launched
        }
    }

    private mutating func refuse(
        _ task: TaskInfo, _ state: TaskState, _ reason: String, _ message: String, framework: FrameworkID, now: Moment
    ) {
        let status = masterStatus(task.task_id, state, agent: task.agent_id, reason: reason, message: message, now: now)
        countTerminal(status, state: state)
        forward(status, to: framework)
    }

    /// Contract §8.5 rule 1, in its order.
    private func problem(with ids: [OfferID], of framework: FrameworkID) -> String? {
        if ids.isEmpty { return "No offers specified" }
        var seen: Set<OfferID> = []
        for id in ids where !seen.insert(id).inserted { return "Duplicate offer \(id) in offer list" }
        for id in ids where offers[id] == nil { return "Offer \(id) is no longer valid" }
        var first: (agent: AgentID, offer: OfferID)?
        for id in ids {
            guard let offer = offers[id]?.offer else { continue }
            if offer.framework_id != framework {
                return "Offer \(id) has invalid framework \(offer.framework_id) while framework \(framework) is expected"
            }
            if let first, first.agent != offer.agent_id {
                return
                    "Aggregated offers must belong to one single agent. Offer \(id) uses agent \(offer.agent_id) and agent \(first.agent)"
            }
            first = first ?? (offer.agent_id, id)
        }
        return nil
    }
}
