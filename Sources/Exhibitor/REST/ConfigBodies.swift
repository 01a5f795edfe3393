import EnsembleModel
import FoundationEssentials

/// `GET config/get-state` (contracts/exhibitor.md §4). Every key is always there.
struct ConfigStateBody: Encodable, Sendable {
    var version: String
    var running: Bool
    var backupActive: Bool
    var standaloneMode: Bool
    var extraHeadingText: String?
    var nodeMutationsAllowed: Bool
    var config: ConfigBody

    private enum CodingKeys: String, CodingKey {
        case version, running, backupActive, standaloneMode, extraHeadingText, nodeMutationsAllowed, config
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(running, forKey: .running)
        try container.encode(backupActive, forKey: .backupActive)
        try container.encode(standaloneMode, forKey: .standaloneMode)
        // null, not absent.
        try container.encode(extraHeadingText, forKey: .extraHeadingText)
        try container.encode(nodeMutationsAllowed, forKey: .nodeMutationsAllowed)
        try container.encode(config, forKey: .config)
    }
}

/// The object `config` of `get-state`.
struct ConfigBody: Encodable, Sendable {
    var collection: ConfigurationCollection
    var hostname: String
    var backupActive: Bool

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    private struct Nothing: Encodable {}

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let configuration = collection.current
        let release = collection.release
        try container.encode(release != nil, forKey: Key("rollInProgress"))
        try container.encode(release?.status ?? "n/a", forKey: Key("rollStatus"))
        try container.encode(release?.percentDone ?? 0, forKey: Key("rollPercentDone"))
        try container.encode(hostname, forKey: Key("hostname"))
        try container.encode(configuration.servers.server(named: hostname)?.id ?? -1, forKey: Key("serverId"))
        try container.encode(Nothing(), forKey: Key("controlPanel"))
        for property in ConfigurationProperty.allCases {
            let key = Key(property.jsonName)
            switch property.value {
            case .text(let path): try container.encode(configuration[keyPath: path], forKey: key)
            case .number(let path): try container.encode(configuration[keyPath: path], forKey: key)
            case .flag(let path): try container.encode(configuration[keyPath: path] ? 1 : 0, forKey: key)
            case .servers: try container.encode(configuration.servers.description, forKey: key)
            case .lines(let path):
                if property == .backupExtra, !backupActive {
                    try container.encode(configuration[property], forKey: key)
                } else {
                    let lines = configuration[keyPath: path]
                    try container.encode(Dictionary(lines.map { ($0.key, $0.value) }) { $1 }, forKey: key)
                }
            }
        }
    }
}

extension ConfigurationCollection.Release {
    /// `Applying to "a" (next will be "b")`.
    var status: String {
        guard hosts.indices.contains(index) else { return "n/a" }
        return "Applying to \"\(hosts[index])\""
            + (hosts.indices.contains(index + 1) ? " (next will be \"\(hosts[index + 1])\")" : "")
    }

    var percentDone: Int { max(1, 100 * index / max(1, hosts.count)) }
}

/// The body of `POST config/set`: a flat object; an absent key keeps its value.
struct ConfigChange: Decodable, Sendable {
    private let values: [ConfigurationProperty: String]
    private let lines: [ConfigurationProperty: [ConfigurationLine]]

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    /// A JSON value that stands for a text: the page sends numbers as strings, other clients as numbers.
    private struct Lenient: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else if let flag = try? container.decode(Bool.self) {
                text = flag ? "1" : "0"
            } else if let number = try? container.decode(Int.self) {
                text = "\(number)"
            } else {
                text = "\(Int(exactly: try container.decode(Double.self).rounded()) ?? 0)"
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        var values: [ConfigurationProperty: String] = [:]
        var lines: [ConfigurationProperty: [ConfigurationLine]] = [:]
        for property in ConfigurationProperty.allCases {
            let key = Key(property.jsonName)
            guard container.contains(key), try !container.decodeNil(forKey: key) else { continue }
            if case .lines = property.value, let object = try? container.decode([String: Lenient].self, forKey: key) {
                lines[property] = object.sorted { $0.key < $1.key }.map { ConfigurationLine($0.key, $0.value.text) }
            } else {
                values[property] = try container.decode(Lenient.self, forKey: key).text
            }
        }
        self.values = values
        self.lines = lines
    }

    func applied(to configuration: InstanceConfiguration) -> InstanceConfiguration {
        var result = configuration
        for (property, text) in values { result[property] = text }
        for (property, new) in lines {
            guard case .lines(let path) = property.value else { continue }
            // Lines that stay keep their place.
            let old = result[keyPath: path]
            let replaced = old.compactMap { line in new.first { $0.key == line.key } }
            result[keyPath: path] = replaced + new.filter { line in !old.contains { $0.key == line.key } }
        }
        return result
    }

    /// What is wrong with the result; nil: nothing.
    static func problem(in configuration: InstanceConfiguration) -> String? {
        let servers = configuration.servers.servers
        if Set(servers.map(\.id)).count < servers.count { return "serversSpec has an id twice" }
        if Set(servers.map(\.hostname)).count < servers.count { return "serversSpec has a host twice" }
        if let server = servers.first(where: { !(1...255).contains($0.id) }) {
            return "serversSpec has the id \(server.id); 1 to 255 are possible"
        }
        if !servers.isEmpty, !servers.contains(where: { $0.role == .standard }) { return "serversSpec has only observers" }
        for (name, port) in [
            ("clientPort", configuration.clientPort), ("connectPort", configuration.connectPort),
            ("electionPort", configuration.electionPort),
        ] where !(1...65535).contains(port) {
            return "\(name) must be 1 to 65535, not \(port)"
        }
        return nil
    }
}
