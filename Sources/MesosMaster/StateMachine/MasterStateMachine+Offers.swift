import Allocator
import ClusterState
import ResourceModel

// Offers: made from allocations, withdrawn when their ground goes (contracts/mesos.md §11.6).
extension MasterStateMachine {
    /// Runs the allocator and sends one OFFERS event to each framework that got something.
    mutating func allocate(on only: [AgentID]? = nil, now: Moment) {
        guard isLeading, !isWaitingForQuotas(now: now) else { return }
        metrics.count("allocation_runs")
        let allocations = allocator.allocate(only: only, now: now.uptime, using: &generator)
        var byFramework: [FrameworkID: [Offer]] = [:]
        for allocation in allocations {
            guard let agent = agents[allocation.agent], let framework = frameworks[allocation.framework], framework.stream != nil
            else {
                allocator.recover(allocation.resources, from: allocation.framework, on: allocation.agent, role: allocation.role)
                continue
            }
            var offer = Offer(
                id: OfferID("\(master.id)-O\(nextOffer)"), framework_id: allocation.framework, agent_id: allocation.agent,
                hostname: agent.record.info.hostname, resources: allocation.resources.entries, attributes: agent.record.info.attributes,
                url: url(of: agent))
            offer.unavailability = machine(of: allocation.agent)?.unavailability
            nextOffer += 1
            offer.executor_ids = framework.executors[allocation.agent]?.keys.sorted() ?? []
            if framework.record.info.has("MULTI_ROLE") {
                offer.allocation_info = .init(role: allocation.role)
                offer.resources = offer.resources.allocated(to: allocation.role)
            }
            offers[offer.id] = OfferEntry(offer: offer, resources: allocation.resources, madeAt: now.uptime)
            agents[allocation.agent]?.offers.insert(offer.id)
            frameworks[allocation.framework]?.offers.insert(offer.id)
            byFramework[allocation.framework, default: []].append(offer)
        }
        for (framework, made) in byFramework.sorted(by: { $0.key < $1.key }) {
            guard let stream = frameworks[framework]?.stream else { continue }
            var event = SchedulerEvent(type: .offers)
            event.offers = .init(offers: made)
            emit(.tellScheduler(stream, event))
        }
        makeInverseOffers(on: only, now: now)
    }

    func url(of agent: AgentEntry) -> URLInfo {
        let address = AgentAddress(pid: agent.record.pid)
        return URLInfo(
            scheme: "http",
            address: Address(hostname: agent.record.info.hostname, ip: address?.ip, port: address?.port ?? agent.record.info.port),
            path: "/slave(1)")
    }

    /// Takes an offer out of the books; its resources stay allocated until they are recovered.
    @discardableResult
    mutating func consume(_ id: OfferID) -> OfferEntry? {
        guard let entry = offers.removeValue(forKey: id) else { return nil }
        agents[entry.offer.agent_id]?.offers.remove(id)
        frameworks[entry.offer.framework_id]?.offers.remove(id)
        return entry
    }

    /// Takes an offer back and tells the framework.
    /// - refuseFor: seconds during which the framework is not offered the same again; nil for no filter.
    mutating func rescind(_ id: OfferID, refuseFor seconds: Double? = nil, now: Moment? = nil) {
        guard let entry = consume(id) else { return }
        allocator.recover(
            entry.resources, from: entry.offer.framework_id, on: entry.offer.agent_id, role: entry.role, refuseFor: seconds,
            now: now?.uptime ?? 0)
        guard let stream = frameworks[entry.offer.framework_id]?.stream else { return }
        var event = SchedulerEvent(type: .rescind)
        event.rescind = .init(offer_id: id)
        emit(.tellScheduler(stream, event))
    }

    mutating func rescindOffers(on agent: AgentID) {
        for id in (agents[agent]?.offers ?? []).sorted() { rescind(id) }
    }

    /// Takes a framework's offers back; nobody is there to be told.
    mutating func withdrawOffers(of framework: FrameworkID) {
        for id in frameworks[framework]?.offers ?? [] {
            guard let entry = consume(id) else { continue }
            allocator.recover(entry.resources, from: framework, on: entry.offer.agent_id, role: entry.role)
        }
    }

    mutating func decline(_ ids: [OfferID], _ filters: Filters?, framework: FrameworkID, now: Moment) {
        for id in ids where offers[id]?.offer.framework_id == framework {
            guard let entry = consume(id) else { continue }
            allocator.recover(
                entry.resources, from: framework, on: entry.offer.agent_id, role: entry.role, refuseFor: refusal(filters),
                now: now.uptime)
        }
    }

    /// Contract §13, "Filters": not representable or negative → the default; 0 → none; else at least one allocation interval.
    func refusal(_ filters: Filters?) -> Double {
        let seconds = filters?.refuse_seconds ?? Defaults.RefuseSeconds.value
        guard seconds.isFinite, seconds >= 0, seconds < 9_223_372_036 else { return Defaults.RefuseSeconds.value }
        return seconds == 0 ? 0 : max(configuration.allocationInterval, seconds)
    }
}
