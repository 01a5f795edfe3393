import Allocator
import ClusterState
import ResourceModel

// Weights and names of roles (contracts/mesos.md §4.8).
extension MasterStateMachine {
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

    func problem(withRole role: String) -> String? {
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
        for role in roles.rolesWithQuota { allocator.setQuota(roles.guarantee(of: role), limits: roles.limits(of: role), of: role) }
        for (role, weight) in roles.weights { allocator.setWeight(weight, of: role) }
    }

    /// A slow watch shows what a predecessor wrote; once this leader has written, the mirror only echoes it.
    mutating func adoptLateRoles(now: Moment) {
        guard !roles.hasChanged, mirror.quotas != roles.submittedQuotas || mirror.weights != roles.submittedWeights else { return }
        for role in roles.rolesWithQuota { allocator.setQuota(nil, of: role) }
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
