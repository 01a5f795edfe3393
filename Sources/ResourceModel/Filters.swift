/// How long a framework does not want what it declined.
public struct Filters: Codable, Sendable, Hashable {
    @Defaulted<Defaults.RefuseSeconds> public var refuse_seconds: Double
    public init(refuse_seconds: Double = 5) { self.refuse_seconds = refuse_seconds }
}
