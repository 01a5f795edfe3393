/// An entry of `healthChecks` (contracts/marathon.md §8.3). Fields a protocol has no use for are kept and ignored.
public struct HealthCheck: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case http = "HTTP"
        case https = "HTTPS"
        case tcp = "TCP"
        case command = "COMMAND"
        case mesosHTTP = "MESOS_HTTP"
        case mesosHTTPS = "MESOS_HTTPS"
        case mesosTCP = "MESOS_TCP"
    }

    public var `protocol`: Kind
    public var path: String?
    public var portIndex: Int?
    /// Wins over `portIndex`.
    public var port: Int?
    /// For COMMAND.
    public var command: String?
    public var gracePeriodSeconds: Int
    public var intervalSeconds: Int
    public var timeoutSeconds: Int
    /// 0 = never kill.
    public var maxConsecutiveFailures: Int
    public var ignoreHttp1xx: Bool
    /// Only where the agent checks; nil = not said.
    public var delaySeconds: Int?

    public init(
        protocol: Kind = .http, path: String? = nil, portIndex: Int? = nil, port: Int? = nil, command: String? = nil,
        gracePeriodSeconds: Int = 300, intervalSeconds: Int = 60, timeoutSeconds: Int = 20, maxConsecutiveFailures: Int = 3,
        ignoreHttp1xx: Bool = false, delaySeconds: Int? = nil
    ) {
        self.protocol = `protocol`
        self.path = path
        self.portIndex = portIndex
        self.port = port
        self.command = command
        self.gracePeriodSeconds = gracePeriodSeconds
        self.intervalSeconds = intervalSeconds
        self.timeoutSeconds = timeoutSeconds
        self.maxConsecutiveFailures = maxConsecutiveFailures
        self.ignoreHttp1xx = ignoreHttp1xx
        self.delaySeconds = delaySeconds
    }

    /// Whether the agent performs it and reports `healthy` in status updates.
    public var isPerformedByAgent: Bool {
        switch `protocol` {
        case .command, .mesosHTTP, .mesosHTTPS, .mesosTCP: true
        case .http, .https, .tcp: false
        }
    }

    public var isHTTP: Bool {
        switch `protocol` {
        case .http, .https, .mesosHTTP, .mesosHTTPS: true
        case .command, .tcp, .mesosTCP: false
        }
    }

    public var isTCP: Bool { `protocol` == .tcp || `protocol` == .mesosTCP }
}

extension HealthCheck {
    init(_ reader: ObjectReader) {
        self.init(
            protocol: reader.name("protocol", kind: "protocol") ?? .http, path: reader.string("path"),
            portIndex: reader.int("portIndex"), port: reader.int("port"),
            command: reader.child("command").flatMap { $0.requiredString("value") },
            gracePeriodSeconds: reader.long("gracePeriodSeconds") ?? 300,
            intervalSeconds: reader.long("intervalSeconds") ?? 60, timeoutSeconds: reader.long("timeoutSeconds") ?? 20,
            maxConsecutiveFailures: reader.int("maxConsecutiveFailures") ?? 3,
            ignoreHttp1xx: reader.bool("ignoreHttp1xx") ?? false, delaySeconds: reader.long("delaySeconds"))
    }

    public var json: JSONValue {
        var object = JSONObject()
        if let path { object.append("path", .string(path)) }
        object.append("protocol", .string(`protocol`.rawValue))
        if let portIndex { object.append("portIndex", JSONValue(portIndex)) }
        if let port { object.append("port", JSONValue(port)) }
        if let command { object.append("command", ["value": .string(command)]) }
        object.append("gracePeriodSeconds", JSONValue(gracePeriodSeconds))
        object.append("intervalSeconds", JSONValue(intervalSeconds))
        object.append("timeoutSeconds", JSONValue(timeoutSeconds))
        object.append("maxConsecutiveFailures", JSONValue(maxConsecutiveFailures))
        object.append("ignoreHttp1xx", .bool(ignoreHttp1xx))
        if let delaySeconds { object.append("delaySeconds", JSONValue(delaySeconds)) }
        return .object(object)
    }
}
