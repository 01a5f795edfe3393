import Allocator
import ClusterState
import ResourceModel

// Quotas of roles: guarantees and limits (contracts/mesos.md §4.8, §20).
extension MasterStateMachine {
    mutating func setQuota(_ request: RequestID, _ quota: QuotaRequest, principal: String?, now: Moment) {
        if let problem = problem(with: quota) { return emit(.reply(request, .bad("Failed to validate set quota request: \(problem)"))) }
        guard let role = quota.role else { return }
        var record = roles.submittedQuotas
        record.quotas[role] = QuotaInfo(role: role, principal: principal, guarantee: quota.guarantee)
        record.limits[role] = nil
        guard quota.force || isCovered(record) else {
            let message =
                "Heuristic capacity check for set quota request failed: Not enough available cluster capacity to reasonably satisfy "
                + "quota request; the force flag can be used to override this check"
            return emit(.reply(request, Reply(status: 409, message: message)))
        }
        roles.submit(record)
        commit([.quotas(record)], then: .quotas(request, record, roles: [role]))
    }

    mutating func removeQuota(_ request: RequestID, role: String, now: Moment) {
        if let problem = problem(withRole: role) {
            return emit(.reply(request, .bad("Failed to validate remove quota request: \(problem)")))
        }
        var record = roles.submittedQuotas
        let hadLimits = record.limits.removeValue(forKey: role) != nil
        guard record.quotas.removeValue(forKey: role) != nil || hadLimits else {
            return emit(.reply(request, .bad("Failed to remove quota: Role '\(role)' has no quota set")))
        }
        roles.submit(record)
        commit([.quotas(record)], then: .quotas(request, record, roles: [role]))
    }

    /// UPDATE_QUOTA: all of them or none. A role without guarantees and limits has no quota.
    mutating func updateQuotas(_ request: RequestID, _ configs: [QuotaConfig], force: Bool, now: Moment) {
        var record = roles.submittedQuotas
        for config in configs {
            if let problem = problem(with: config) { return emit(.reply(request, .bad("Invalid QuotaConfig: \(problem)"))) }
            let guarantee = config.guarantees.filter { $0.value.value > 0 }.sorted { $0.key < $1.key }
                .map { Resource.scalar($0.key, $0.value.value) }
            record.quotas[config.role] = guarantee.isEmpty ? nil : QuotaInfo(role: config.role, guarantee: guarantee)
            record.limits[config.role] = guarantee.isEmpty && config.limits.isEmpty ? nil : config.limits
            if !force, let problem = problem(withConsumptionOf: config) {
                return emit(.reply(request, .bad("Invalid QuotaConfig: \(problem)")))
            }
        }
        guard force || isCovered(record) else {
            let problem = "total quota guarantees exceed cluster capacity (use 'force' flag to bypass this check)"
            return emit(.reply(request, .bad("Invalid QuotaConfig: \(problem)")))
        }
        roles.submit(record)
        commit([.quotas(record)], then: .quotas(request, record, roles: configs.map(\.role)))
    }

    mutating func stored(_ record: QuotasRecord, of names: [String], _ request: RequestID, now: Moment) {
        roles.stored(record)
        for role in names {
            let (guarantee, limits) = (roles.guarantee(of: role), roles.limits(of: role))
            allocator.setQuota(guarantee, limits: limits, of: role)
            log(
                guarantee == nil && limits == nil ? "quota removed" : "quota set",
                ["role": role, "guarantee": guarantee?.description ?? "", "limits": limits.map { "\($0)" } ?? ""])
            if let limits { rescindOffers(exceeding: limits, of: role) }
            if let guarantee { rescindOffers(toSatisfy: guarantee, of: role) }
        }
        emit(.reply(request, .ok))
        allocate(now: now)
    }

    /// Takes the role's offers back while they make it exceed its limits.
    private mutating func rescindOffers(exceeding limits: [String: Double], of role: String) {
        func isExceeded() -> Bool {
            let consumed = allocator.consumed(by: role)
            return limits.contains { consumed[$0.key] > $0.value }
        }
        for id in offers.keys.sorted() where isExceeded() {
            guard let entry = offers[id] else { continue }
            let holder = entry.role ?? frameworks[entry.offer.framework_id]?.record.info.role ?? "*"
            if holder == role || RoleName.ancestors(of: holder).contains(role) { rescind(id) }
        }
    }

    private func problem(with config: QuotaConfig) -> String? {
        let role = config.role
        if let problem = problem(withRole: role) { return problem }
        if role == "*" { return "Setting quota for the default '*' role is not supported" }
        if role.contains("/") { return "Updating quota on nested role '\(role)' is not supported yet" }
        for (field, amounts) in [("guarantee", config.guarantees), ("limit", config.limits)] {
            for (name, amount) in amounts.sorted(by: { $0.key < $1.key }) {
                let most: Double = name == "mem" || name == "disk" ? 1_099_511_627_776 : 1e12
                if name.isEmpty { return "A \(field) has no name" }
                guard amount.value.isFinite, amount.value >= 0, amount.value <= most else {
                    return "Invalid \(field) configuration {'\(name)': \(amount.value)}: expected a number from 0 to \(most)"
                }
            }
        }
        for (name, amount) in config.guarantees {
            if let limit = config.limits[name], amount.value > limit.value {
                return "'QuotaConfig.guarantees' of '\(name)' is not contained within the 'QuotaConfig.limits'"
            }
        }
        return nil
    }

    private func problem(withConsumptionOf config: QuotaConfig) -> String? {
        var consumed = allocator.consumed(by: config.role)
        // Offers can be taken back.
        for entry in offers.values {
            let holder = entry.role ?? frameworks[entry.offer.framework_id]?.record.info.role ?? "*"
            guard holder == config.role || RoleName.ancestors(of: holder).contains(config.role) else { continue }
            consumed -= Quantities(entry.resources.filter { $0.role == "*" && !$0.revocable })
        }
        for (name, limit) in config.limits.sorted(by: { $0.key < $1.key }) where consumed[name] > limit.value {
            return "Role '\(config.role)' is already consuming '\(name):\(consumed[name])'; this is more than the requested limits "
                + "'\(name):\(limit.value)' (use 'force' flag to bypass this check)"
        }
        return nil
    }

    private func problem(with quota: QuotaRequest) -> String? {
        guard let role = quota.role else { return "Role is not set" }
        if let problem = problem(withRole: role) { return problem }
        if role == "*" { return "Setting quota for the default '*' role is not supported" }
        if role.contains("/") { return "Setting quota on nested role '\(role)' is not supported yet" }
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
        let isSet = roles.submittedQuotas.quotas[role] != nil || roles.submittedQuotas.limits[role] != nil
        return !isSet ? nil : "Role '\(role)' already has a quota set"
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
        let needing = frameworks.values.count { framework in
            framework.isConnected && framework.record.info.allRoles.contains { $0 == role || RoleName.ancestors(of: $0).contains(role) }
        }
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
}
