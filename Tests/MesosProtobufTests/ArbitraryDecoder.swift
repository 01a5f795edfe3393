import FoundationEssentials
import ResourceModel

/// Makes up a value of any type of the API by decoding it: the type asks for its fields, and gets something random for each. So
/// no field is ever forgotten, also none that is added later.
struct ArbitraryDecoder: Decoder {
    /// Shared by all parts of one message.
    final class Source {
        var generator: SeededGenerator
        /// Set all fields, as far down as `depth` goes, instead of each with a chance.
        let isFull: Bool
        init(seed: UInt64, isFull: Bool) {
            generator = SeededGenerator(seed: seed)
            self.isFull = isFull
        }

        func one<Value>(of values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &generator)] }
        func chance() -> Bool { isFull || Bool.random(using: &generator) }
    }

    let source: Source
    /// Field names from the message down.
    var path: [String] = []
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Random values stand for enums whose names are texts in our types.
    static let names: [String: [String]] = [
        "capabilities.type": ["REVOCABLE_RESOURCES", "TASK_KILLING_STATE", "GPU_RESOURCES", "PARTITION_AWARE", "MULTI_ROLE"],
        "health_check.type": ["COMMAND", "HTTP", "TCP"], "check.type": ["COMMAND", "HTTP", "TCP"],
        "executor.type": ["DEFAULT", "CUSTOM"], "executor_info.type": ["DEFAULT", "CUSTOM"], "container.type": ["DOCKER", "MESOS"],
        "image.type": ["DOCKER", "APPC"], "source.type": ["DOCKER_VOLUME"], "volume.mode": ["RW", "RO"], "volumes.mode": ["RW", "RO"],
        "ip_addresses.protocol": ["IPv4", "IPv6"], "docker.network": ["HOST", "BRIDGE", "NONE", "USER"],
        "discovery.visibility": ["FRAMEWORK", "CLUSTER", "EXTERNAL"], "ports.visibility": ["FRAMEWORK", "CLUSTER", "EXTERNAL"],
        "status.source": ["SOURCE_MASTER", "SOURCE_AGENT"], "statuses.source": ["SOURCE_MASTER", "SOURCE_EXECUTOR"],
        "status.reason": ["REASON_RECONCILIATION", "REASON_MAX_COMPLETION_TIME_REACHED"],
        "statuses.reason": ["REASON_AGENT_REMOVED_BY_OPERATOR"],
        "unacknowledged_updates.source": ["SOURCE_EXECUTOR"], "selector.pseudoattribute_type": ["HOSTNAME", "REGION", "ZONE"],
    ]
    private static let bytes: Set<String> = ["data", "uuid", "status_update_uuid"]
    /// Only one field of these may be set.
    private static let alternatives: Set<String> = ["selector", "predicate"]

    func text() -> String {
        let field = path.last ?? ""
        if let names = Self.names[path.suffix(2).joined(separator: ".")] { return source.one(of: names) }
        if Self.bytes.contains(field) {
            return Data((0..<16).map { _ in UInt8.random(in: 0...255, using: &source.generator) }).base64EncodedString()
        }
        return source.one(of: ["", "a", "demo-1", "ünïcödé ☃", "with \"quotes\" and \\", "line\nbreak"])
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        let isChoice = Self.alternatives.contains(path.last ?? "")
        return KeyedDecodingContainer(ArbitraryFields<Key>(decoder: self, choice: isChoice ? Choice() : nil))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        ArbitraryList(decoder: self, count: source.isFull ? 1 : Int.random(in: 0...2, using: &source.generator))
    }
    func singleValueContainer() -> any SingleValueDecodingContainer { ArbitraryValue(decoder: self) }

    final class Choice { var isMade = false }

    func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == String.self, let value = text() as? Value { return value }
        if type == Bool.self, let value = source.one(of: [true, false]) as? Value { return value }
        if type == Double.self, let value = source.one(of: [0, 0.125, 1, 1.5, 123_456.5]) as? Value { return value }
        if type == Int.self, let value = Int.random(in: 0...65_535, using: &source.generator) as? Value { return value }
        if type == Int32.self, let value = Int32.random(in: 0...999, using: &source.generator) as? Value { return value }
        if type == Int64.self, let value = Int64.random(in: -9_007_199_254_740_993...Int64.max, using: &source.generator) as? Value {
            return value
        }
        if type == UInt32.self, let value = UInt32.random(in: .min ... .max, using: &source.generator) as? Value { return value }
        if type == UInt64.self, let value = UInt64.random(in: .min ... .max, using: &source.generator) as? Value { return value }
        if let cases = type as? any CaseIterable.Type, let value = source.one(of: Self.cases(cases)) as? Value { return value }
        return try type.init(from: self)
    }

    private static func cases<Enum: CaseIterable>(_ type: Enum.Type) -> [Any] { Array(type.allCases) }
}

private struct ArbitraryFields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: ArbitraryDecoder
    let choice: ArbitraryDecoder.Choice?
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] {
        (0..<Int.random(in: 1...2, using: &decoder.source.generator)).compactMap { Key(stringValue: "key-\($0)") }
    }

    private func below(_ key: Key) -> ArbitraryDecoder {
        var decoder = decoder
        decoder.path.append(key.stringValue)
        return decoder
    }

    func contains(_ key: Key) -> Bool {
        // A duration of two notations.
        if key.stringValue == "nanoseconds", decoder.path.last == "max_grace_period", decoder.path.first == "drain_agent" { return false }
        guard let choice else { return decoder.source.chance() }
        defer { choice.isMade = true }
        return !choice.isMade
    }
    func decodeNil(forKey key: Key) -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try below(key).value(type) }
    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        contains(key) ? try decode(type, forKey: key) : nil
    }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { contains(key) ? try decode(type, forKey: key) : nil }
    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedDecodingContainer<Nested> {
        below(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer { below(key).unkeyedContainer() }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { below(key) }
}

private struct ArbitraryList: UnkeyedDecodingContainer {
    let decoder: ArbitraryDecoder
    var count: Int?
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var isAtEnd: Bool { currentIndex >= count ?? 0 }

    init(decoder: ArbitraryDecoder, count: Int) {
        self.decoder = decoder
        self.count = count
    }

    mutating func decodeNil() -> Bool { false }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        return try decoder.value(type)
    }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
        decoder.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer { decoder.unkeyedContainer() }
    mutating func superDecoder() -> any Decoder { decoder }
}

private struct ArbitraryValue: SingleValueDecodingContainer {
    let decoder: ArbitraryDecoder
    var codingPath: [any CodingKey] { [] }
    func decodeNil() -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.value(type) }
}
