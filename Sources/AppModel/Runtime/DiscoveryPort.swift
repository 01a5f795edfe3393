/// A port in a task's DiscoveryInfo, from which Mesos-DNS makes SRV records (contracts/marathon.md §11).
public struct DiscoveryPort: Sendable, Hashable {
    public var number: Int
    public var name: String?
    /// `tcp` or `udp`.
    public var `protocol`: String
    public var labels: [String: String]

    public init(number: Int, name: String? = nil, protocol: String, labels: [String: String] = [:]) {
        self.number = number
        self.name = name
        self.protocol = `protocol`
        self.labels = labels
    }

    /// All of a task: those of `ipAddress.discovery` if there are any, else of the mappings with their `network-scope`, else
    /// of the port definitions. Each protocol gets an entry.
    public static func all(of app: AppDefinition, ports: TaskPorts) -> [DiscoveryPort] {
        if let declared = app.ipAddress?.discoveryPorts, !declared.isEmpty {
            return declared.map {
                DiscoveryPort(number: $0.number, name: $0.name, protocol: $0.protocol, labels: $0.labels)
            }
        }
        return ports.entries.flatMap { entry in
            var labels = entry.labels
            if entry.containerPort != nil { labels["network-scope"] = entry.hostPort == nil ? "container" : "host" }
            return entry.protocols.map {
                DiscoveryPort(number: entry.number, name: entry.name, protocol: $0, labels: labels)
            }
        }
    }
}
