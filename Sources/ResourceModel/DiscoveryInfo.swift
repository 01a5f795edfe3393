/// How a task wants to be found (contracts/mesos.md §4.1).
public struct DiscoveryInfo: Codable, Sendable, Hashable {
    public struct Port: Codable, Sendable, Hashable {
        public var number: Int
        public var name: String?
        public var `protocol`: String?
        public var visibility: String?
        public var labels: Labels?
        public init(number: Int, name: String? = nil, protocol: String? = nil, labels: Labels? = nil) {
            self.number = number
            self.name = name
            self.protocol = `protocol`
            self.labels = labels
        }
    }
    public struct Ports: Codable, Sendable, Hashable {
        @Listed public var ports: [Port]
        public init(ports: [Port] = []) { self.ports = ports }
    }
    public var visibility: String
    public var name: String?
    public var environment: String?
    public var location: String?
    public var version: String?
    public var ports: Ports?
    public var labels: Labels?
    public init(visibility: String = "FRAMEWORK", name: String? = nil, ports: Ports? = nil) {
        self.visibility = visibility
        self.name = name
        self.ports = ports
    }
}
