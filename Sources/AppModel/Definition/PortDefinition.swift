/// An entry of `portDefinitions` (contracts/marathon.md §8).
public struct PortDefinition: Sendable, Hashable {
    /// The service port; 0 = to be assigned.
    public var port: Int
    /// `tcp`, `udp`, `tcp,udp` or `udp,tcp`.
    public var `protocol`: String
    public var name: String?
    public var labels: [String: String]

    public init(port: Int = 0, protocol: String = "tcp", name: String? = nil, labels: [String: String] = [:]) {
        self.port = port
        self.protocol = `protocol`
        self.name = name
        self.labels = labels
    }

    init(_ reader: ObjectReader) {
        port = reader.int("port") ?? 0
        `protocol` = reader.string("protocol") ?? "tcp"
        name = reader.string("name")
        labels = reader.stringMap("labels") ?? [:]
    }

    public var json: JSONValue {
        var object = JSONObject([("port", JSONValue(port)), ("protocol", .string(`protocol`))])
        if let name { object.append("name", .string(name)) }
        object.append("labels", JSONValue(labels))
        return .object(object)
    }
}
