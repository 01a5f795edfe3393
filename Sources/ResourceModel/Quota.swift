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

/// `GET /quota`.
public struct QuotaStatus: Codable, Sendable, Hashable {
    @Listed public var infos: [QuotaInfo]
    public init(infos: [QuotaInfo] = []) { self.infos = infos }
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
