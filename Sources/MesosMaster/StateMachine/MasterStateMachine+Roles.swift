import Allocator
import ClusterState
import ResourceModel

// Quotas and weights of roles (contracts/mesos.md §4.8).
extension MasterStateMachine {
    // MARK: Quotas

    mutating func setQuota(_ request: RequestID, _ quota: QuotaRequest, principal: String?, now: Moment) {
        if let problem = problem(with: quota) { return emit(.reply(request, .bad("Failed to validate set quota request: \(problem)"))) }
        guard let role = quota.role else { return }
        var record = roles.submittedQuotas
        record.quotas[role] = QuotaInfo(role: role, principal: principal, guarantee: quota.guarantee)
        guard quota.force || isCovered(record) else {
            let message =
                "Heuristic capacity check for set quota request failed: Not enough available cluster capacity to reasonably satisfy "
                + "quota request; the force flag can be used to override this check"
            return emit(.reply(request, Reply(status: 409, message: message)))
        }
        roles.submit(record)
        commit([.quotas(record)], then: .quotas(request, record, role: role))
    }

    mutating func removeQuota(_ request: RequestID, role: String, now: Moment) {
        if let problem = problem(withRole: role) {
            return emit(.reply(request, .bad("Failed to validate remove quota request: \(problem)")))
        }
        var record = roles.submittedQuotas
        guard record.quotas.removeValue(forKey: role) != nil else {
            return emit(.reply(request, .bad("Failed to remove quota: Role '\(role)' has no quota set")))
        }
        roles.submit(record)
        commit([.quotas(record)], then: .quotas(request, record, role: role))
    }

    mutating func stored(_ record: QuotasRecord, of role: String, _ request: RequestID, now: Moment) {
        roles.stored(record)
        let guarantee = record.quotas[role].map { Resources($0.guarantee) }
        allocator.setQuota(guarantee, of: role)
        log(guarantee == nil ? "quota removed" : "quota set", ["role": role, "guarantee": guarantee?.description ?? ""])
        if let guarantee { rescindOffers(toSatisfy: guarantee, of: role) }
        emit(.reply(request, .ok))
        allocate(now: now)
    }

    private func problem(with quota: QuotaRequest) -> String? {
        guard let role = quota.role else { return "Role is not set" }
        if let problem = problem(withRole: role) { return problem }
        if role == "*" { return "Setting quota for the default '*' role is not supported" }
        if quota.guarantee.isEmpty { return "Guarantee is empty" }
        var names: Set<String> = []
        for resource in quota.guarantee {
            if let problem = resource.invalidity { return problem }
            if resource.type != .scalar { return "Resource '\(resource.name)' is not a scalar" }
            if resource.role != "*" { return "Resource '\(resource.name)' must not specify a role" }
            if resource.reservation != nil { return "Resource '\(resource.name)' must not contain ReservationInfo" }
            if resource.disk != nil { return "Resource '\(resource.name)' must not contain DiskInfo" }
            if resource.revocable != nil { return "Resource '\(resource.name)' must not be revocable" }
            if !names.insert(resource.name).inserted { return "Resource '\(resource.name)' is named twice" }
        }
        if Resources(quota.guarantee).isEmpty { return "Guarantee is empty" }
        return roles.submittedQuotas.quotas[role] == nil ? nil : "Role '\(role)' already has a quota set"
    }

    /// The capacity heuristic: all guarantees together fit into what active agents have unreserved by their flags.
    private func isCovered(_ record: QuotasRecord) -> Bool {
        let needed = record.quotas.values.reduce(into: Quantities()) { $0 += Quantities(Resources($1.guarantee)) }
        let there = agents.values.reduce(into: Quantities()) { sum, agent in
            guard agent.isActive else { return }
            sum += Quantities(Resources(agent.record.info.resources).filter { $0.role == "*" && !$0.revocable })
        }
        return there.contains(needed)
    }

    /// Agent by agent, until what came back covers the guarantee and each of the role's frameworks could be given an agent.
    private mutating func rescindOffers(toSatisfy guarantee: Resources, of role: String) {
        let needed = Quantities(guarantee)
        let needing = frameworks.values.count { $0.isConnected && $0.record.info.allRoles.contains(role) }
        var rescinded = Quantities()
        var visited = 0
        for id in agents.keys.sorted() {
            if rescinded.contains(needed), visited >= needing { return }
            guard let agent = agents[id], !agent.offers.isEmpty else { continue }
            for offer in agent.offers { rescinded += offers[offer].map { Quantities($0.resources) } ?? Quantities() }
            rescindOffers(on: id)
            visited += 1
        }
    }

    // MARK: Weights

    mutating func setWeights(_ request: RequestID, _ weights: [WeightInfo], now: Moment) {
        var record = roles.submittedWeights
        for info in weights {
            guard let role = info.role else {
                return emit(.reply(request, .bad("Failed to validate update weights request JSON: Role is not set")))
            }
            if let problem = problem(withRole: role) {
                return emit(.reply(request, .bad("Failed to validate update weights request JSON: \(problem)")))
            }
            guard info.weight.isFinite, info.weight > 0 else {
                return emit(
                    .reply(
                        request,
                        .bad(
                            "Failed to validate update weights request JSON for role '\(role)': Invalid weight '\(info.weight)': Weights must be positive"
                        )))
            }
            record.weights[role] = info.weight
        }
        roles.submit(record)
        commit([.weights(record)], then: .weights(request, record))
    }

    mutating func stored(_ record: WeightsRecord, _ request: RequestID, now: Moment) {
        let changed = record.weights.filter { roles.weights[$0.key] != $0.value }
        roles.stored(record)
        for (role, weight) in changed { allocator.setWeight(weight, of: role) }
        log("weights set", changed.mapValues { "\($0)" })
        let isFelt = frameworks.values.contains { framework in
            framework.record.info.allRoles.contains { changed[$0] != nil }
        }
        if isFelt { for id in offers.keys.sorted() { rescind(id) } }
        emit(.reply(request, .ok))
        if isFelt { allocate(now: now) }
    }

    // MARK: Role names

    private func problem(withRole role: String) -> String? {
        if let invalid = RoleName.invalidity(of: role) { return invalid }
        return isAllowed(role) ? nil : "Unknown role '\(role)'"
    }

    private func isAllowed(_ role: String) -> Bool { configuration.roles.isEmpty || role == "*" || configuration.roles.contains(role) }

    /// Contract §8.2 step 1.
    func refusal(ofRolesOf info: FrameworkInfo) -> String? {
        let names = info.allRoles
        if Set(names).count != names.count { return "FrameworkInfo.roles contains duplicates" }
        for role in names {
            if let invalid = RoleName.invalidity(of: role) { return invalid }
            if !isAllowed(role) { return "Role '\(role)' is not present in the master's --roles" }
        }
        return nil
    }

    // MARK: Taking over

    mutating func adoptRoles() {
        roles = RoleSettings(quotas: mirror.quotas, weights: mirror.weights, initialWeights: configuration.weights)
        for (role, quota) in roles.quotas { allocator.setQuota(Resources(quota.guarantee), of: role) }
        for (role, weight) in roles.weights { allocator.setWeight(weight, of: role) }
    }

    /// A slow watch shows what a predecessor wrote; once this leader has written, the mirror only echoes it.
    mutating func adoptLateRoles(now: Moment) {
        guard !roles.hasChanged, mirror.quotas != roles.submittedQuotas || mirror.weights != roles.submittedWeights else { return }
        for role in roles.quotas.keys { allocator.setQuota(nil, of: role) }
        for role in roles.weights.keys { allocator.setWeight(nil, of: role) }
        adoptRoles()
        waitForQuotas(now: now)
    }

    mutating func dropRoles() { roles = RoleSettings() }

    /// Contract §1.3 rule 9: with few agents back, a guarantee would look satisfied by nobody and headroom like nothing.
    mutating func waitForQuotas(now: Moment) {
        guard !roles.quotas.isEmpty, !agents.isEmpty else { return }
        roles.recovery = (agents.count, now.uptime + Self.longestQuotaRecovery)
        log("waiting for agents before the first allocation", ["agents": "\(agents.count)"])
    }

    mutating func isWaitingForQuotas(now: Moment) -> Bool {
        guard let (expected, until) = roles.recovery else { return false }
        let missing = agents.values.count { $0.isRecovered }
        if now.uptime < until, Double(expected - missing) < Self.partOfAgentsForQuotas * Double(expected) { return true }
        roles.recovery = nil
        return false
    }

    private static var longestQuotaRecovery: Double { 600 }
    private static var partOfAgentsForQuotas: Double { 0.8 }
}
