import Allocator
import ClusterState
import ResourceModel

// Dynamic reservations and persistent volumes asked for by operators (contracts/mesos.md §4.7), and what they share with
// those of frameworks.
extension MasterStateMachine {
    mutating func reserve(_ request: RequestID, _ resources: [Resource], on agent: AgentID, principal: String?, now: Moment) {
        change(request, ReservationOperation(.reserve, resources), on: agent, principal: principal, now: now)
    }

    mutating func unreserve(_ request: RequestID, _ resources: [Resource], on agent: AgentID, now: Moment) {
        change(request, ReservationOperation(.unreserve, resources), on: agent, principal: nil, now: now)
    }

    mutating func createVolumes(_ request: RequestID, _ volumes: [Resource], on agent: AgentID, principal: String?, now: Moment) {
        change(request, ReservationOperation(.create, volumes), on: agent, principal: principal, now: now)
    }

    mutating func destroyVolumes(_ request: RequestID, _ volumes: [Resource], on agent: AgentID, now: Moment) {
        change(request, ReservationOperation(.destroy, volumes), on: agent, principal: nil, now: now)
    }

    /// - agent: nil for the one that has the volume, which only resource providers' would leave out.
    mutating func growVolume(_ request: RequestID, _ volume: Resource, by addition: Resource, on agent: AgentID?, now: Moment) {
        change(request, ReservationOperation(.growVolume, [volume, addition]), on: agent ?? "", principal: nil, now: now)
    }

    /// - amount: MB.
    mutating func shrinkVolume(_ request: RequestID, _ volume: Resource, by amount: Double, on agent: AgentID?, now: Moment) {
        var operation = ReservationOperation(.shrinkVolume, [volume])
        operation.subtract = amount
        change(request, operation, on: agent ?? "", principal: nil, now: now)
    }

    private mutating func change(
        _ request: RequestID, _ operation: ReservationOperation, on id: AgentID, principal: String?, now: Moment
    ) {
        guard let agent = agents[id], !agent.isBeingRemoved else {
            return emit(.reply(request, .bad("No agent found with specified ID")))
        }
        do {
            try operation.validate(
                in: .init(principal: principal, checkpointed: Resources(agent.record.checkpointed_resources)))
        } catch {
            return emit(.reply(request, .bad(error.description)))
        }
        guard free(operation.consumed, on: id, now: now) else {
            let message = "Invalid \(operation.kind.rawValue) operation: \(operation.consumed) is in use or not there"
            return emit(.reply(request, Reply(status: 409, message: message)))
        }
        // Held until the registry knows, so that nobody is offered it.
        allocator.charge(operation.consumed, to: Self.operatorsHold, on: id)
        let change = ReservationChange(agent: id, operations: [operation])
        store(change, then: .reservation(request, change))
    }

    /// Takes back offers that have something of it until it is free; false: it is in use.
    private mutating func free(_ resources: Resources, on id: AgentID, now: Moment) -> Bool {
        if allocator.available(on: id).contains(resources) { return true }
        let outstanding = (agents[id]?.offers ?? []).sorted()
        let obtainable = outstanding.reduce(into: allocator.available(on: id)) { $0 += offers[$1]?.resources ?? Resources() }
        guard obtainable.contains(resources) else { return false }
        for offer in outstanding {
            let missing = resources - allocator.available(on: id)
            guard let entry = offers[offer], missing - entry.resources != missing else { continue }
            rescind(offer, refuseFor: Defaults.RefuseSeconds.value, now: now)
            if allocator.available(on: id).contains(resources) { return true }
        }
        return allocator.available(on: id).contains(resources)
    }

    mutating func stored(_ change: ReservationChange, _ request: RequestID, now: Moment) {
        carryOut(change, heldBy: Self.operatorsHold)
        for operation in change.operations { allocator.recover(operation.produced, from: Self.operatorsHold, on: change.agent) }
        emit(.reply(request, .accepted))
    }

    mutating func storingFailed(_ change: ReservationChange, _ request: RequestID) {
        forget(change)
        for operation in change.operations { allocator.recover(operation.consumed, from: Self.operatorsHold, on: change.agent) }
        emit(.reply(request, .unavailable))
    }

    /// Stands in the allocator's books for operators; no framework has an empty id.
    private static var operatorsHold: FrameworkID { "" }

    // MARK: Of operators and of frameworks

    /// Writes the agent's record with the change.
    mutating func store(_ change: ReservationChange, then continuation: Continuation) {
        guard var record = agents[change.agent]?.record else { return }
        let checkpointed = change.applied(toCheckpointed: Resources(record.checkpointed_resources)).entries
        record.checkpointed_resources = checkpointed
        agents[change.agent]?.record = record
        if let admission = admissions[record.pid], admission.record.agent_id == change.agent {
            // Its newer record is on the way already.
            admissions[record.pid]?.record.checkpointed_resources = checkpointed
            record = admission.record
            record.checkpointed_resources = checkpointed
        }
        commit([.agent(record)], then: continuation)
    }

    /// The change is stored: it counts from now on, and the agent is told.
    mutating func carryOut(_ change: ReservationChange, heldBy framework: FrameworkID, role: String? = nil) {
        for operation in change.operations {
            allocator.convert(operation.consumed, into: operation.produced, on: change.agent, heldBy: framework, role: role)
            log(
                "reservations changed",
                ["agent": "\(change.agent)", "type": operation.kind.rawValue, "resources": "\(Resources(operation.resources))"])
        }
        guard agents[change.agent] != nil else { return }
        agents[change.agent]?.total = allocator.total(of: change.agent)
        tellCheckpointed(to: change.agent)
    }

    /// The change could not be stored.
    mutating func forget(_ change: ReservationChange) {
        guard let record = agents[change.agent]?.record else { return }
        let inverse = change.operations.reversed().reduce(Resources(record.checkpointed_resources)) {
            $0 - $1.produced.checkpointed + $1.consumed.checkpointed
        }
        agents[change.agent]?.record.checkpointed_resources = inverse.entries
    }

    /// Sends the complete set of what is stored.
    mutating func tellCheckpointed(to id: AgentID) {
        guard let entries = agents[id]?.total.checkpointed.entries else { return }
        tell(id, .checkpointResources) {
            $0.agent_id = id
            $0.resources = entries
        }
    }
}
