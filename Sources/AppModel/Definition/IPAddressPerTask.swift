/// `ipAddress`: an address of its own for every task (contracts/marathon.md §8.2).
public struct IPAddressPerTask: Sendable, Hashable {
    public struct Port: Sendable, Hashable {
        public var number: Int
        public var name: String
        public var `protocol`: String
        public var labels: [String: String]
        public init(number: Int, name: String, protocol: String = "tcp", labels: [String: String] = [:]) {
            self.number = number
            self.name = name
            self.protocol = `protocol`
            self.labels = labels
        }
    }

    public var groups: [String]
    public var labels: [String: String]
    public var discoveryPorts: [Port]
    public var networkName: String?

    public init(
        groups: [String] = [], labels: [String: String] = [:], discoveryPorts: [Port] = [], networkName: String? = nil
    ) {
        self.groups = groups
        self.labels = labels
        self.discoveryPorts = discoveryPorts
        self.networkName = networkName
    }
}

extension IPAddressPerTask {
    init(_ reader: ObjectReader) {
        let ports = reader.child("discovery").flatMap { discovery in
            discovery.objects("ports") { entry in
                if !entry.has("number") { entry.report("number", "error.path.missing") }
                return Port(
                    number: entry.int("number") ?? 0, name: entry.requiredString("name") ?? "",
                    protocol: entry.requiredString("protocol") ?? "tcp", labels: entry.stringMap("labels") ?? [:])
            }
        }
        self.init(
            groups: reader.strings("groups") ?? [], labels: reader.stringMap("labels") ?? [:], discoveryPorts: ports ?? [],
            networkName: reader.string("networkName"))
    }

    public var json: JSONValue {
        let ports = discoveryPorts.map { port -> JSONValue in
            [
                "number": JSONValue(port.number), "name": .string(port.name), "protocol": .string(port.protocol),
                "labels": JSONValue(port.labels),
            ]
        }
        var object = JSONObject([
            ("groups", JSONValue(groups)), ("labels", JSONValue(labels)), ("discovery", ["ports": .array(ports)]),
        ])
        if let networkName { object.append("networkName", .string(networkName)) }
        return .object(object)
    }
}
