/// An entry of `container.docker.portMappings` (contracts/marathon.md §8.1).
public struct PortMapping: Sendable, Hashable {
    /// 0 = the same as the host port.
    public var containerPort: Int
    /// 0 = a random one, nil = none.
    public var hostPort: Int?
    /// 0 = to be assigned.
    public var servicePort: Int
    /// Comma list of `tcp` and `udp`.
    public var `protocol`: String
    public var name: String?
    public var labels: [String: String]

    public init(
        containerPort: Int = 0, hostPort: Int? = 0, servicePort: Int = 0, protocol: String = "tcp", name: String? = nil,
        labels: [String: String] = [:]
    ) {
        self.containerPort = containerPort
        self.hostPort = hostPort
        self.servicePort = servicePort
        self.protocol = `protocol`
        self.name = name
        self.labels = labels
    }

    init(_ reader: ObjectReader) {
        containerPort = reader.int("containerPort") ?? 0
        hostPort = reader.int("hostPort")
        servicePort = reader.int("servicePort") ?? 0
        `protocol` = reader.string("protocol") ?? "tcp"
        name = reader.string("name")
        labels = reader.stringMap("labels") ?? [:]
    }

    public var json: JSONValue {
        var object = JSONObject([("containerPort", JSONValue(containerPort))])
        if let hostPort { object.append("hostPort", JSONValue(hostPort)) }
        object.append("servicePort", JSONValue(servicePort))
        object.append("protocol", .string(`protocol`))
        if let name { object.append("name", .string(name)) }
        object.append("labels", JSONValue(labels))
        return .object(object)
    }
}
