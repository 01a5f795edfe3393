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
                allocator.recover(entry.resources, from: id, on: entry.offer.agent_id, role: entry.role)
            }
            log("ACCEPT with invalid offers", ["framework": "\(id)", "why": problem])
            for task in launches {
                refuse(
                    task, fate(.dropped, for: id), "REASON_INVALID_OFFERS", "Task launched with invalid offers: \(problem)", framework: id,
                    now: now)
            }
            return
        }
        let consumed = call.offer_ids.compactMap { consume($0) }
        guard let first = consumed.first?.offer else { return }
        proceed(
            AcceptInProgress(
                framework: id, agent: first.agent_id, role: first.allocation_info?.role,
                available: consumed.reduce(into: Resources()) { $0 += $1.resources }, operations: call.operations[...],
                refuseFor: refusal(call.filters)),
            now: now)
    }

    /// Carries out operations up to the first that has to be stored; its continuation comes back here.
    private mutating func proceed(_ accept: AcceptInProgress, now: Moment) {
        var accept = accept
        guard let entry = agents[accept.agent], !entry.isBeingRemoved, entry.link != nil else {
            let isGone = agents[accept.agent] == nil
            return abandon(
                accept, reason: isGone ? "REASON_AGENT_REMOVED" : "REASON_AGENT_DISCONNECTED",
                isGone ? "Agent removed" : "Agent disconnected", now: now)
        }
        while let operation = accept.operations.first {
            if ReservationOperation(operation) != nil {
                guard let change = nextChange(of: &accept) else { continue }
                return store(change, then: .accept(accept, change))
            }
            accept.operations.removeFirst()
            guard operation.type == .launch else {
                // Contract §8.5 rule 4: an operation that cannot be applied is dropped.
                log("operation dropped", ["framework": "\(accept.framework)", "type": operation.type.rawValue])
                continue
            }
            launch(operation.launch?.task_infos ?? [], for: &accept, now: now)
        }
        allocator.recover(
            accept.available, from: accept.framework, on: accept.agent, role: accept.role, refuseFor: accept.refuseFor,
            now: now.uptime)
    }

    /// The change of an ACCEPT is stored.
    mutating func stored(_ change: ReservationChange, of accept: AcceptInProgress, now: Moment) {
        carryOut(change, heldBy: accept.framework, role: accept.role)
        guard let framework = frameworks[accept.framework], !framework.isBeingRemoved else {
            return allocator.recover(accept.available, from: accept.framework, on: accept.agent, role: accept.role)
        }
        proceed(accept, now: now)
    }

    mutating func storingFailed(_ change: ReservationChange, of accept: AcceptInProgress, now: Moment) {
        forget(change)
        var accept = accept
        accept.available = change.undone(in: accept.available)
        abandon(accept, reason: "REASON_INVALID_OFFERS", "The reservations could not be stored", now: now)
    }

    private mutating func abandon(_ accept: AcceptInProgress, reason: String, _ message: String, now: Moment) {
        allocator.recover(accept.available, from: accept.framework, on: accept.agent, role: accept.role)
        for task in accept.launches {
            refuse(task, fate(.dropped, for: accept.framework), reason, message, framework: accept.framework, now: now)
        }
    }

    /// Takes the reservations and volumes at the head that can be carried out; they are applied to what is available.
    private mutating func nextChange(of accept: inout AcceptInProgress) -> ReservationChange? {
        guard let info = frameworks[accept.framework]?.record.info, let record = agents[accept.agent]?.record else { return nil }
        var change = ReservationChange(agent: accept.agent, operations: [])
        let before = Resources(record.checkpointed_resources)
        while let next = accept.operations.first, let operation = ReservationOperation(next) {
            accept.operations.removeFirst()
            do {
                try operation.validate(
                    in: .init(
                        principal: info.principal, role: accept.role ?? info.role, checkpointed: change.applied(toCheckpointed: before)))
                accept.available = try operation.applied(to: accept.available)
                change.operations.append(operation)
            } catch {
                log("operation dropped", ["framework": "\(accept.framework)", "why": "\(error)"])
            }
        }
        return change.operations.isEmpty ? nil : change
    }

    private mutating func launch(_ tasks: [TaskInfo], for accept: inout AcceptInProgress, now: Moment) {
        let id = accept.framework
        let agent = accept.agent
        guard let info = frameworks[id]?.record.info else { return }
        var launched: [TaskInfo] = []
        for task in tasks {
            let task = accept.role.map { task.allocated(to: $0) } ?? task
            let live = task.executor.flatMap { frameworks[id]?.executors[agent]?[$0.executor_id] }
            let validation = TaskValidation(
                task: task, agent: agent, framework: id, available: accept.available, liveExecutor: live?.info)
            let isDuplicate = frameworks[id]?.tasks[task.task_id] != nil
            if let problem = validation.problem(isDuplicate: isDuplicate) {
                refuse(task, .error, "REASON_TASK_INVALID", problem, framework: id, now: now)
                continue
            }
            var entry = TaskEntry(info: task, framework: info, frameworkID: id, state: .staging)
            accept.available -= entry.resources
            // Contract §8.5 rule 7: an executor is charged once.
            if let executor = task.executor, live == nil {
                accept.available -= Resources(executor.resources)
                record(executor, of: id, on: agent)
            }
            // The offer's allocation becomes the task's.
            entry.isCharged = true
            put(entry)
            frameworks[id]?.completedTasks.remove(task.task_id)
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
            if let first, offers[first.offer]?.role != offer.allocation_info?.role {
                return "Aggregated offers must be allocated to the same role. Offer \(id) and offer \(first.offer) are not"
            }
            first = first ?? (offer.agent_id, id)
        }
        return nil
    }
}

extension OfferEntry {
    /// In which its resources were allocated; nil for a framework of one role.
    var role: String? { offer.allocation_info?.role }
}

extension TaskEntry {
    /// In which its resources are charged; nil for a framework of one role.
    var role: String? { record.resources.first?.allocation_info?.role }
}

extension TaskInfo {
    /// With the role of the offer on all its resources: later leaders charge them by it.
    fileprivate func allocated(to role: String) -> TaskInfo {
        var task = self
        task.resources = resources.allocated(to: role)
        if let executor { task.executor?.resources = executor.resources.allocated(to: role) }
        return task
    }
}

extension [Resource] {
    func allocated(to role: String) -> [Resource] {
        map { resource in
            var resource = resource
            resource.allocation_info = .init(role: role)
            return resource
        }
    }
}
