import Allocator
import ClusterState
import ResourceModel

// Maintenance: schedule, inverse offers, machines down and up (contracts/mesos.md §4.9).
extension MasterStateMachine {
    // MARK: Operators' changes

    mutating func setSchedule(_ request: RequestID, _ schedule: MaintenanceSchedule, now: Moment) {
        var book = submittedMaintenance
        if let problem = book.problem(with: schedule) { return emit(.reply(request, .bad(problem))) }
        _ = book.replace(with: schedule)
        submit(book, request)
    }

    mutating func machinesDown(_ request: RequestID, _ machines: [MachineID], now: Moment) {
        var book = submittedMaintenance
        if let problem = book.takeDown(machines) { return emit(.reply(request, .bad(problem))) }
        submit(book, request)
    }

    mutating func machinesUp(_ request: RequestID, _ machines: [MachineID], now: Moment) {
        var book = submittedMaintenance
        if let problem = book.bringUp(machines) { return emit(.reply(request, .bad(problem))) }
        submit(book, request)
    }

    /// Schedule and modes are written together; a change that comes meanwhile is judged by what is on its way.
    private mutating func submit(_ book: MaintenanceBook, _ request: RequestID) {
        submittedMaintenance = book
        commit(
            [.maintenance(MaintenanceRecord(schedule: book.schedule)), .machines(MachinesRecord(machines: book.list))],
            then: .maintain(book, request))
    }

    mutating func maintain(_ book: MaintenanceBook, _ request: RequestID, now: Moment) {
        let old = maintenance
        maintenance = book
        emit(.reply(request, .ok))
        let changed = Set(old.machines.keys).union(book.machines.keys).filter { old.machines[$0] != book.machines[$0] }
        guard !changed.isEmpty else { return }
        log("maintenance changed", ["machines": changed.map(MaintenanceBook.text).sorted().joined(separator: ", ")])
        inverseOffers.forgetAnswers(for: changed.filter { book.machines[$0]?.mode != .down })
        let affected = agents.keys.filter { machineID(of: $0).map(changed.contains) ?? false }.sorted()
        for id in affected { rescindOffers(on: id) }
        rescindInverseOffers(about: Set(affected))
        for id in affected where machine(of: id)?.mode == .down {
            tell(id, .shutdown) {
                $0.agent_id = id
                $0.message = "Operator initiated 'Machine DOWN'"
            }
            remove(id, as: .removed, message: "Operator initiated 'Machine DOWN'", now: now)
        }
        allocate(on: affected.filter { agents[$0]?.isActive ?? false }, now: now)
    }

    // MARK: Machines of agents

    func machineID(of agent: AgentID) -> MachineID? {
        guard let record = agents[agent]?.record, let address = AgentAddress(pid: record.pid) else { return nil }
        return MachineID(hostname: record.info.hostname, ip: address.ip).normalized
    }

    func machine(of agent: AgentID) -> MachineInfo? { machineID(of: agent).flatMap { maintenance.machines[$0] } }

    /// Whether agents of this address may not register.
    func isDown(_ registration: AgentRegistration) -> Bool {
        guard let address = AgentAddress(pid: registration.pid) else { return false }
        return maintenance.machine(hostname: registration.agent_info.hostname, ip: address.ip)?.mode == .down
    }

    // MARK: Inverse offers

    /// Asks each framework that holds resources on an agent under maintenance, unless it was asked or wants to be left alone.
    mutating func makeInverseOffers(on only: [AgentID]?, now: Moment) {
        guard !maintenance.machines.isEmpty else { return }
        var byFramework: [FrameworkID: [InverseOffer]] = [:]
        for id in (only ?? Array(agents.keys)).sorted() {
            guard let unavailability = machine(of: id)?.unavailability, let agent = agents[id], agent.isActive else { continue }
            for (framework, held) in allocator.allocated(on: id).sorted(by: { $0.key < $1.key }) where !held.isEmpty {
                guard frameworks[framework]?.stream != nil, inverseOffers.mayAsk(framework, about: id, now: now.uptime) else { continue }
                var offer = InverseOffer(
                    id: OfferID("\(master.id)-O\(nextOffer)"), framework_id: framework, agent_id: id, unavailability: unavailability)
                nextOffer += 1
                offer.url = url(of: agent)
                inverseOffers.add(offer)
                byFramework[framework, default: []].append(offer)
            }
        }
        for (framework, made) in byFramework.sorted(by: { $0.key < $1.key }) {
            guard let stream = frameworks[framework]?.stream else { continue }
            var event = SchedulerEvent(type: .inverseOffers)
            event.inverse_offers = .init(inverse_offers: made)
            emit(.tellScheduler(stream, event))
        }
    }

    mutating func answerInverseOffers(
        _ call: SchedulerCall.InverseOffers, _ status: MaintenanceStatus.Answer.Kind, framework: FrameworkID, now: Moment
    ) {
        for id in call.inverse_offer_ids {
            guard let offer = inverseOffers.consume(id, of: framework), let machine = offer.agent_id.flatMap({ machineID(of: $0) })
            else { continue }
            let answer = MaintenanceStatus.Answer(
                status: status, framework_id: framework, timestamp: TimeInfo(nanoseconds: Int64(now.wall * 1e9)))
            inverseOffers.answered(offer, answer, for: machine, quietUntil: now.uptime + refusal(call.filters))
        }
    }

    mutating func rescindInverseOffers(about agents: Set<AgentID>) {
        for offer in inverseOffers.withdraw(about: agents) {
            guard let stream = frameworks[offer.framework_id]?.stream else { continue }
            var event = SchedulerEvent(type: .rescindInverseOffer)
            event.rescind_inverse_offer = .init(inverse_offer_id: offer.id)
            emit(.tellScheduler(stream, event))
        }
    }

    /// `GET /maintenance/status`.
    var maintenanceStatus: MaintenanceStatus {
        var status = MaintenanceStatus()
        for machine in maintenance.list {
            switch machine.mode {
            case .up: break
            case .draining:
                let answers = (inverseOffers.answers[machine.id.normalized] ?? [:]).values.sorted { $0.framework_id < $1.framework_id }
                status.draining_machines.append(.init(id: machine.id, statuses: answers))
            case .down: status.down_machines.append(machine.id)
            }
        }
        return status
    }
}
