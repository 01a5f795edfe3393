/// How an agent looks after the health of a task (contracts/mesos.md §15.6).
public struct HealthCheckInfo: Codable, Sendable, Hashable {
    public struct HTTP: Codable, Sendable, Hashable {
        public var port: Int
        @Presumed<Defaults.RootPath> public var path: String?
        public var scheme: String?
        /// Status codes that count as healthy; empty: 200 to 399.
        @Listed public var statuses: [Int]
        public init(port: Int, path: String? = nil, scheme: String? = nil) {
            self.port = port
            self.path = path
            self.scheme = scheme
            self.statuses = []
        }
    }
    public struct TCP: Codable, Sendable, Hashable {
        public var port: Int
        public init(port: Int) { self.port = port }
    }
    public var type: String?
    public var http: HTTP?
    public var tcp: TCP?
    public var command: CommandInfo?
    @Presumed<Defaults.CheckDelay> public var delay_seconds: Double?
    @Presumed<Defaults.CheckInterval> public var interval_seconds: Double?
    @Presumed<Defaults.CheckTimeout> public var timeout_seconds: Double?
    @Presumed<Defaults.CheckFailures> public var consecutive_failures: Int?
    @Presumed<Defaults.CheckGracePeriod> public var grace_period_seconds: Double?
    public init() {}
}
