/// A repeated protobuf field in its JSON form: absent when empty, and a single value counts as a list of one
/// (contracts/mesos.md §3.3).
@propertyWrapper
public struct Listed<Element: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
    public var wrappedValue: [Element]

    public init(wrappedValue: [Element]) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            wrappedValue = []
        } else if let list = try? container.decode([Element].self) {
            wrappedValue = list
        } else {
            do {
                wrappedValue = [try container.decode(Element.self)]
            } catch let single {
                // Report what is wrong inside the list when it was one.
                wrappedValue = try { () throws -> [Element] in
                    do { return try container.decode([Element].self) } catch DecodingError.typeMismatch(_, let context)
                        where context.codingPath.count == decoder.codingPath.count
                    { throw single }
                }()
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// A protobuf map in its JSON form: absent when empty.
@propertyWrapper
public struct Mapped<Value: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
    public var wrappedValue: [String: Value]

    public init(wrappedValue: [String: Value]) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? [:] : try container.decode([String: Value].self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// The value an optional protobuf field takes when it is unset.
public protocol DeclaredDefault {
    associatedtype Value: Codable & Sendable & Hashable
    static var value: Value { get }
}

/// An optional protobuf field with a declared default: read as the default when absent or null, always written
/// (contracts/mesos.md §3.3).
@propertyWrapper
public struct Defaulted<Default: DeclaredDefault>: Codable, Sendable, Hashable {
    public var wrappedValue: Default.Value

    public init(wrappedValue: Default.Value) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? Default.value : try container.decode(Default.Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue)
    }
}

/// An optional protobuf field with a declared default that code may leave unset: read as the default when absent or null,
/// always written, equal to the default when unset (contracts/mesos.md §3.3).
@propertyWrapper
public struct Presumed<Default: DeclaredDefault>: Codable, Sendable, Hashable {
    public var wrappedValue: Default.Value?

    public init() { wrappedValue = nil }
    public init(wrappedValue: Default.Value?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? Default.value : try container.decode(Default.Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wrappedValue ?? Default.value)
    }

    public static func == (a: Self, b: Self) -> Bool { a.wrappedValue ?? Default.value == b.wrappedValue ?? Default.value }
    public func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue ?? Default.value) }
}

extension KeyedDecodingContainer {
    public func decode<Element>(_ type: Listed<Element>.Type, forKey key: Key) throws -> Listed<Element> {
        try decodeIfPresent(type, forKey: key) ?? Listed(wrappedValue: [])
    }

    public func decode<Value>(_ type: Mapped<Value>.Type, forKey key: Key) throws -> Mapped<Value> {
        try decodeIfPresent(type, forKey: key) ?? Mapped(wrappedValue: [:])
    }

    public func decode<Default>(_ type: Defaulted<Default>.Type, forKey key: Key) throws -> Defaulted<Default> {
        try decodeIfPresent(type, forKey: key) ?? Defaulted(wrappedValue: Default.value)
    }

    public func decode<Default>(_ type: Presumed<Default>.Type, forKey key: Key) throws -> Presumed<Default> {
        try decodeIfPresent(type, forKey: key) ?? Presumed(wrappedValue: Default.value)
    }
}

extension KeyedEncodingContainer {
    public mutating func encode<Element>(_ value: Listed<Element>, forKey key: Key) throws {
        guard !value.wrappedValue.isEmpty else { return }
        try encode(value.wrappedValue, forKey: key)
    }

    public mutating func encode<Value>(_ value: Mapped<Value>, forKey key: Key) throws {
        guard !value.wrappedValue.isEmpty else { return }
        try encode(value.wrappedValue, forKey: key)
    }
}

/// The declared defaults of the Mesos v1 messages (contracts/mesos.md, appendix A).
public enum Defaults {
    public enum Role: DeclaredDefault { public static var value: String { "*" } }
    public enum False: DeclaredDefault { public static var value: Bool { false } }
    public enum True: DeclaredDefault { public static var value: Bool { true } }
    public enum Zero: DeclaredDefault { public static var value: Double { 0 } }
    public enum RefuseSeconds: DeclaredDefault { public static var value: Double { 5 } }
    public enum AgentPort: DeclaredDefault { public static var value: Int { 5051 } }
    public enum RootPath: DeclaredDefault { public static var value: String { "/" } }
    public enum CheckDelay: DeclaredDefault { public static var value: Double { 15 } }
    public enum CheckInterval: DeclaredDefault { public static var value: Double { 10 } }
    public enum CheckTimeout: DeclaredDefault { public static var value: Double { 20 } }
    public enum CheckFailures: DeclaredDefault { public static var value: Int { 3 } }
    public enum CheckGracePeriod: DeclaredDefault { public static var value: Double { 10 } }
    public enum DockerNetwork: DeclaredDefault { public static var value: String { "HOST" } }
}
