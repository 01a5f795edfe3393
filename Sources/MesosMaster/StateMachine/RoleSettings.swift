import ClusterState
import ResourceModel

/// What operators set for roles: in force, and on its way to the registry.
struct RoleSettings: Sendable {
    /// In force, by role.
    private(set) var quotas: [String: QuotaInfo] = [:]
    /// In force, by role and the name of the scalar.
    private(set) var limits: [String: [String: ScalarValue]] = [:]
    /// Weights that somebody set, by operators' changes over those of the flag, by role.
    private(set) var weights: [String: Double] = [:]
    /// What the registry will hold when all writes are done: the base of the next change.
    private(set) var submittedQuotas = QuotasRecord()
    private(set) var submittedWeights = WeightsRecord()
    /// This leader has changed something.
    private(set) var hasChanged = false
    private var storedWeights = WeightsRecord()
    /// After an election with quotas: the agents that are waited for, and the uptime until when.
    var recovery: (expected: Int, until: Double)?

    init() {}

    init(quotas: QuotasRecord, weights: WeightsRecord, initialWeights: [String: Double]) {
        self.quotas = quotas.quotas
        self.limits = quotas.limits
        self.submittedQuotas = quotas
        self.weights = initialWeights.merging(weights.weights) { $1 }
        self.submittedWeights = weights
        self.storedWeights = weights
    }

    mutating func submit(_ record: QuotasRecord) {
        submittedQuotas = record
        hasChanged = true
    }

    mutating func submit(_ record: WeightsRecord) {
        submittedWeights = record
        hasChanged = true
    }

    mutating func stored(_ record: QuotasRecord) {
        quotas = record.quotas
        limits = record.limits
    }

    /// The roles with guarantees or limits.
    var rolesWithQuota: Set<String> { Set(quotas.keys).union(limits.keys) }

    /// Nil without guarantee.
    func guarantee(of role: String) -> Resources? { quotas[role].map { Resources($0.guarantee) } }

    /// By the name of the scalar; nil for a quota set without them.
    func limits(of role: String) -> [String: Double]? { limits[role]?.mapValues(\.value) }

    /// What GET_QUOTA shows.
    var configs: [QuotaConfig] {
        rolesWithQuota.sorted().map { role in
            let guarantees = (quotas[role]?.guarantee ?? []).reduce(into: [:]) { $0[$1.name] = $1.scalar }
            // Without limits of its own a role gets no more than its guarantee.
            return QuotaConfig(role: role, guarantees: guarantees, limits: limits[role] ?? guarantees)
        }
    }

    mutating func stored(_ record: WeightsRecord) {
        storedWeights = record
        weights.merge(record.weights) { $1 }
    }

    /// A write failed: the next change starts from what is in force.
    mutating func forgetSubmitted() {
        submittedQuotas = QuotasRecord(quotas: quotas, limits: limits)
        submittedWeights = storedWeights
    }
}
