import ClusterState
import ResourceModel

/// Outstanding inverse offers, the answers to earlier ones and who does not want to be asked again for a while. All of it is
/// soft: a new leader asks anew.
struct InverseOffers: Sendable {
    private(set) var outstanding: [OfferID: InverseOffer] = [:]
    private var byPair: [Pair: OfferID] = [:]
    /// Uptime until which a framework is not asked again about an agent.
    private var filters: [Pair: Double] = [:]
    /// The last answer of each framework, by normalized machine.
    private(set) var answers: [MachineID: [FrameworkID: MaintenanceStatus.Answer]] = [:]

    private struct Pair: Hashable {
        var framework: FrameworkID
        var agent: AgentID
    }

    func mayAsk(_ framework: FrameworkID, about agent: AgentID, now: Double) -> Bool {
        let pair = Pair(framework: framework, agent: agent)
        return byPair[pair] == nil && (filters[pair] ?? 0) <= now
    }

    mutating func add(_ offer: InverseOffer) {
        guard let agent = offer.agent_id else { return }
        outstanding[offer.id] = offer
        byPair[Pair(framework: offer.framework_id, agent: agent)] = offer.id
    }

    /// Takes an inverse offer of the framework out of the books; nil when there is none.
    mutating func consume(_ id: OfferID, of framework: FrameworkID) -> InverseOffer? {
        guard let offer = outstanding[id], offer.framework_id == framework else { return nil }
        remove(offer)
        return offer
    }

    /// - seconds: for how long the framework is not asked again.
    mutating func answered(_ offer: InverseOffer, _ answer: MaintenanceStatus.Answer, for machine: MachineID, quietUntil: Double) {
        answers[machine.normalized, default: [:]][offer.framework_id] = answer
        if let agent = offer.agent_id { filters[Pair(framework: offer.framework_id, agent: agent)] = quietUntil }
    }

    /// Takes back what was asked about agents.
    mutating func withdraw(about agents: Set<AgentID>) -> [InverseOffer] {
        filters = filters.filter { !agents.contains($0.key.agent) }
        let gone = outstanding.values.filter { $0.agent_id.map(agents.contains) ?? false }.sorted { $0.id < $1.id }
        for offer in gone { remove(offer) }
        return gone
    }

    mutating func withdraw(from framework: FrameworkID) {
        filters = filters.filter { $0.key.framework != framework }
        for offer in outstanding.values where offer.framework_id == framework { remove(offer) }
    }

    mutating func forgetAnswers(for machines: Set<MachineID>) {
        for machine in machines { answers[machine] = nil }
    }

    private mutating func remove(_ offer: InverseOffer) {
        outstanding[offer.id] = nil
        if let agent = offer.agent_id { byPair[Pair(framework: offer.framework_id, agent: agent)] = nil }
    }
}
