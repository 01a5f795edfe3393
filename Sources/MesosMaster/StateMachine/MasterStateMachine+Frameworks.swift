import Allocator
import ClusterState
import ResourceModel

// Frameworks: subscription, failover, removal (contracts/mesos.md §8.2, §8.3, §11.5).
extension MasterStateMachine {
    /// Seconds, as in SUBSCRIBED.
    static let heartbeatInterval: Double = 15

    mutating func schedulerSubscribed(_ stream: StreamID, id: FrameworkID?, _ subscribe: SchedulerCall.Subscribe, now: Moment) {
        let info = subscribe.framework_info
        streams[stream] = .some(nil)
        guard isLeading else { return closeStream(stream) }
        let id = id ?? info.id.flatMap { $0.value.isEmpty ? nil : $0 }
        metrics.count(id == nil ? "messages_register_framework" : "messages_reregister_framework")
        if let refusal = refusal(of: info, id: id) ?? Self.refusal(of: subscribe.suppressed_roles, of: info) {
            return fail(stream, refusal)
        }
        var record: FrameworkRecord
        if let id, let known = frameworks[id], !known.isOrphan {
            record = known.record
            record.reregistered_time = now.wall
            update(&record, with: info)
        } else {
            var info = info
            let isReturning = id != nil
            let id = id ?? newFrameworkID()
            info.id = id
            record = FrameworkRecord(id: id, info: info, state: .active, registered_time: now.wall)
            record.reregistered_time = isReturning ? now.wall : nil
        }
        record.disconnected_at = nil
        commit([.framework(record)], then: .attach(stream, record, suppressed: Set(subscribe.suppressed_roles)))
    }

    private mutating func newFrameworkID() -> FrameworkID {
        let digits = String(nextFramework)
        nextFramework += 1
        return FrameworkID("\(master.id)-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
    }

    func refusal(of info: FrameworkInfo, id: FrameworkID?) -> String? {
        if let refusal = refusal(ofRolesOf: info) { return refusal }
        if !configuration.rootSubmissions, info.user == "root" {
            return "User 'root' is not allowed to run frameworks without --root_submissions set"
        }
        if let id, isCompleted(id) || frameworks[id]?.isBeingRemoved ?? false { return "Framework has been removed" }
        if let id, id.value.contains("/") { return "Framework ID '\(id)' contains invalid characters" }
        // Representable as 64-bit nanoseconds.
        if !info.failover_timeout.isFinite || abs(info.failover_timeout) > 9_223_372_036 {
            return "The framework failover_timeout (\(info.failover_timeout)) is invalid"
        }
        return nil
    }

    /// The fields a resubscription may change (contract §8.2 step 3).
    mutating func update(_ record: inout FrameworkRecord, with info: FrameworkInfo) {
        var new = record.info
        if new.user != info.user || new.checkpoint != info.checkpoint || new.role != info.role || new.principal != info.principal {
            log("ignoring changes of user, checkpoint, role or principal", ["framework": "\(record.id)"])
        }
        new.name = info.name
        new.failover_timeout = info.failover_timeout
        new.hostname = info.hostname
        new.webui_url = info.webui_url
        new.capabilities = info.capabilities
        if info.has("MULTI_ROLE") { new.roles = info.roles }
        new.labels = info.labels
        new.offer_filters = info.offer_filters
        record.info = new
        record.name = new.name
        record.hostname = new.hostname ?? ""
    }

    mutating func attach(_ stream: StreamID, _ record: FrameworkRecord, suppressed: Set<String>, now: Moment) {
        let id = record.id
        guard !isCompleted(id), !(frameworks[id]?.isBeingRemoved ?? false) else { return fail(stream, "Framework has been removed") }
        let isNew = frameworks[id] == nil
        let isNews = frameworks[id]?.isOrphan ?? true
        var entry = frameworks[id] ?? FrameworkEntry(record: record)
        let old = entry.stream
        entry.record = record
        entry.isOrphan = false
        entry.failoverDeadline = nil
        entry.stream = stream
        entry.lastHeartbeat = now.uptime
        frameworks[id] = entry
        if let old, old != stream {
            streams[old] = .some(nil)
            fail(old, "Framework failed over")
        }
        withdrawOffers(of: id)
        inverseOffers.withdraw(from: id)
        guard streams[stream] != nil else {
            // The scheduler went away while its record was written.
            return disconnect(id, now: now)
        }
        streams[stream] = .some(id)
        publishFramework(id, isNews ? .frameworkAdded : .frameworkUpdated)
        allocator.setFramework(id, info: record.info, isActive: true, suppressed: suppressed)
        log(isNew ? "framework subscribed" : "framework resubscribed", ["framework": "\(id)", "name": record.name])
        var subscribed = SchedulerEvent(type: .subscribed)
        subscribed.subscribed = .init(
            framework_id: id, heartbeat_interval_seconds: Self.heartbeatInterval, master_info: master)
        emit(.tellScheduler(stream, subscribed))
        emit(.tellScheduler(stream, SchedulerEvent(type: .heartbeat)))
        for agent in Set(entry.tasks.values.map(\.agent)).sorted() { tell(agent, .resendUpdates) { $0.framework_id = id } }
        allocate(now: now)
    }

    mutating func schedulerStreamClosed(_ stream: StreamID, now: Moment) {
        guard let framework = streams.removeValue(forKey: stream), let id = framework, frameworks[id]?.stream == stream else { return }
        disconnect(id, now: now)
    }

    private mutating func disconnect(_ id: FrameworkID, now: Moment) {
        guard let record = frameworks[id]?.record else { return }
        log("framework disconnected", ["framework": "\(id)", "failover_timeout": "\(record.info.failover_timeout)"])
        frameworks[id]?.stream = nil
        frameworks[id]?.record.disconnected_at = now.wall
        withdrawOffers(of: id)
        inverseOffers.withdraw(from: id)
        allocator.deactivateFramework(id)
        let deadline = now.wall + max(0, record.info.failover_timeout)
        frameworks[id]?.failoverDeadline = deadline
        publishFramework(id, .frameworkUpdated)
        if deadline <= now.wall {
            remove(id, now: now)
        } else if let changed = frameworks[id]?.record {
            commit([.framework(changed)])
        }
    }

    /// Sends ERROR and closes the stream.
    mutating func fail(_ stream: StreamID, _ message: String) {
        guard streams[stream] != nil else { return }
        var event = SchedulerEvent(type: .error)
        event.error = .init(message: message)
        emit(.tellScheduler(stream, event))
        closeStream(stream)
    }

    mutating func closeStream(_ stream: StreamID) {
        guard streams.removeValue(forKey: stream) != nil else { return }
        emit(.closeSchedulerStream(stream))
    }

    // MARK: Removal

    mutating func teardown(_ request: RequestID, _ id: FrameworkID, now: Moment) {
        guard isLeading else { return emit(.reply(request, .lostLeadership)) }
        guard let entry = frameworks[id], !entry.isBeingRemoved else {
            return emit(.reply(request, .bad("No framework found with specified ID")))
        }
        remove(id, request, now: now)
    }

    mutating func remove(_ id: FrameworkID, _ request: RequestID? = nil, now: Moment) {
        guard var record = frameworks[id]?.record, frameworks[id]?.isBeingRemoved == false else { return }
        frameworks[id]?.isBeingRemoved = true
        withdrawOffers(of: id)
        allocator.deactivateFramework(id)
        record.state = .completed
        record.unregistered_time = now.wall
        frameworks[id]?.record = record
        commit([.framework(record)], then: .removeFramework(id, request))
    }

    mutating func finishRemoval(of id: FrameworkID, _ request: RequestID?, now: Moment) {
        if let request { emit(.reply(request, .ok)) }
        guard let entry = frameworks[id] else { return }
        log("framework removed", ["framework": "\(id)", "name": entry.record.name, "tasks": "\(entry.tasks.count)"])
        for agent in agents.keys.sorted() { tell(agent, .shutdownFramework) { $0.framework_id = id } }
        withdrawOffers(of: id)
        var freed: Set<AgentID> = []
        for var task in entry.tasks.values.sorted(by: { $0.record.id < $1.record.id }) {
            if !task.record.state.isTerminal {
                let status = masterStatus(
                    task.record.id, .killed, agent: task.agent, reason: "REASON_FRAMEWORK_REMOVED", message: "Framework \(id) removed",
                    now: now)
                task.record.state = .killed
                task.append(status, now: now)
                countTerminal(status, state: .killed)
                freed.insert(task.agent)
            }
            complete(task)
        }
        freed.formUnion(forgetExecutors(of: id))
        if let stream = entry.stream { closeStream(stream) }
        guard var done = frameworks.removeValue(forKey: id) else { return }
        done.stream = nil
        publishFrameworkRemoved(done.record)
        allocator.removeFramework(id)
        completedFrameworks.append(done)
        if completedFrameworks.count > configuration.maxCompletedFrameworks {
            let forgotten = completedFrameworks.prefix(completedFrameworks.count - configuration.maxCompletedFrameworks)
            completedFrameworks.removeFirst(forgotten.count)
            commit(forgotten.map { .forgetFramework($0.id) })
        }
        if !freed.isEmpty { allocate(on: freed.sorted(), now: now) }
    }
}
