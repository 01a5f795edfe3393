/// An entry of `readinessChecks` (contracts/marathon.md §8.4).
public struct ReadinessCheck: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable { case http = "HTTP", https = "HTTPS" }

    public var name: String
    public var `protocol`: Kind
    public var path: String
    public var portName: String
    public var intervalSeconds: Int
    public var timeoutSeconds: Int
    /// Sorted, without duplicates.
    public var httpStatusCodesForReady: [Int]
    public var preserveLastResponse: Bool

    public init(
        name: String = "readinessCheck", protocol: Kind = .http, path: String = "/", portName: String = "http-api",
        intervalSeconds: Int = 30, timeoutSeconds: Int = 10, httpStatusCodesForReady: [Int] = [200],
        preserveLastResponse: Bool = false
    ) {
        self.name = name
        self.protocol = `protocol`
        self.path = path
        self.portName = portName
        self.intervalSeconds = intervalSeconds
        self.timeoutSeconds = timeoutSeconds
        self.httpStatusCodesForReady = Set(httpStatusCodesForReady).sorted()
        self.preserveLastResponse = preserveLastResponse
    }
}

extension ReadinessCheck {
    init(_ reader: ObjectReader) {
        self.init(
            name: reader.string("name") ?? "readinessCheck", protocol: reader.name("protocol", kind: "protocol") ?? .http,
            path: reader.string("path") ?? "/", portName: reader.string("portName") ?? "http-api",
            intervalSeconds: reader.long("intervalSeconds") ?? 30, timeoutSeconds: reader.long("timeoutSeconds") ?? 10,
            httpStatusCodesForReady: reader.ints("httpStatusCodesForReady") ?? [200],
            preserveLastResponse: reader.bool("preserveLastResponse") ?? false)
    }

    public var json: JSONValue {
        [
            "name": .string(name), "protocol": .string(`protocol`.rawValue), "path": .string(path),
            "portName": .string(portName), "intervalSeconds": JSONValue(intervalSeconds),
            "timeoutSeconds": JSONValue(timeoutSeconds), "httpStatusCodesForReady": JSONValue(httpStatusCodesForReady),
            "preserveLastResponse": .bool(preserveLastResponse),
        ]
    }
}
