/// What a role is guaranteed (contracts/mesos.md §4.8).
public struct QuotaInfo: Codable, Sendable, Hashable {
    public var role: String?
    public var principal: String?
    /// Scalars without role, reservation, disk or revocability.
    @Listed public var guarantee: [Resource]
    public init(role: String, principal: String? = nil, guarantee: [Resource]) {
        self.role = role
        self.principal = principal
        self.guarantee = guarantee
    }
}

/// `POST /quota` and SET_QUOTA.
public struct QuotaRequest: Codable, Sendable, Hashable {
    /// Skips the test whether the cluster could satisfy all guarantees.
    @Defaulted<Defaults.False> public var force: Bool
    public var role: String?
    @Listed public var guarantee: [Resource]
    public init(role: String?, guarantee: [Resource], force: Bool = false) {
        self.role = role
        self.guarantee = guarantee
        self.force = force
    }
}

/// What a role is guaranteed and what it may have at most, by the name of the scalar (UPDATE_QUOTA). A name that `limits` does
/// not have is not limited.
public struct QuotaConfig: Codable, Sendable, Hashable {
    public var role: String
    @Mapped public var guarantees: [String: ScalarValue]
    @Mapped public var limits: [String: ScalarValue]
    public init(role: String, guarantees: [String: ScalarValue] = [:], limits: [String: ScalarValue] = [:]) {
        self.role = role
        self.guarantees = guarantees
        self.limits = limits
    }
}

/// `GET /quota` and GET_QUOTA.
public struct QuotaStatus: Codable, Sendable, Hashable {
    /// The roles with guarantees.
    @Listed public var infos: [QuotaInfo]
    /// The roles with guarantees or limits.
    @Listed public var configs: [QuotaConfig]
    public init(infos: [QuotaInfo] = [], configs: [QuotaConfig] = []) {
        self.infos = infos
        self.configs = configs
    }
}

/// The weight of a role in the fair order: greater than 0, 1 unless set.
public struct WeightInfo: Codable, Sendable, Hashable {
    public var weight: Double
    public var role: String?
    public init(role: String, weight: Double) {
        self.role = role
        self.weight = weight
    }
}
