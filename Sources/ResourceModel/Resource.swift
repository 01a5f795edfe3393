/// The kind of a resource's or an attribute's value.
public enum ValueType: String, Codable, Sendable, Hashable, CaseIterable {
    case scalar = "SCALAR"
    case ranges = "RANGES"
    case set = "SET"
    case text = "TEXT"
}

public struct ScalarValue: Codable, Sendable, Hashable {
    public var value: Double
    public init(value: Double) { self.value = value }
}

public struct TextValue: Codable, Sendable, Hashable {
    public var value: String
    public init(value: String) { self.value = value }
}

/// An inclusive range.
public struct RangeValue: Codable, Sendable, Hashable {
    public var begin: UInt64
    public var end: UInt64
    public init(begin: UInt64, end: UInt64) {
        self.begin = begin
        self.end = end
    }
}

public struct RangesValue: Codable, Sendable, Hashable {
    @Listed public var range: [RangeValue]
    public init(range: [RangeValue]) { self.range = range }
}

public struct SetValue: Codable, Sendable, Hashable {
    @Listed public var item: [String]
    public init(item: [String]) { self.item = item }
}

/// One resource entry as frameworks see it (contracts/mesos.md §12.1, appendix A `Resource`).
public struct Resource: Codable, Sendable, Hashable {
    public struct Reservation: Codable, Sendable, Hashable {
        public var principal: String?
        public var labels: Labels?
        public init(principal: String? = nil, labels: Labels? = nil) {
            self.principal = principal
            self.labels = labels
        }
    }

    public struct Disk: Codable, Sendable, Hashable {
        public struct Persistence: Codable, Sendable, Hashable {
            public var id: String
            public var principal: String?
            public init(id: String, principal: String? = nil) {
                self.id = id
                self.principal = principal
            }
        }
        public struct Source: Codable, Sendable, Hashable {
            public enum Kind: String, Codable, Sendable, CaseIterable { case path = "PATH", mount = "MOUNT" }
            public struct Root: Codable, Sendable, Hashable {
                public var root: String
                public init(root: String) { self.root = root }
            }
            public var type: Kind
            public var path: Root?
            public var mount: Root?
            public init(type: Kind, root: String) {
                self.type = type
                self.path = type == .path ? Root(root: root) : nil
                self.mount = type == .mount ? Root(root: root) : nil
            }
        }
        public var persistence: Persistence?
        public var volume: Volume?
        public var source: Source?
        public init(persistence: Persistence? = nil, volume: Volume? = nil, source: Source? = nil) {
            self.persistence = persistence
            self.volume = volume
            self.source = source
        }
    }

    public struct Revocable: Codable, Sendable, Hashable { public init() {} }

    /// The role to which an offered resource was allocated; frameworks with capability MULTI_ROLE see it.
    public struct AllocationInfo: Codable, Sendable, Hashable {
        public var role: String?
        public init(role: String?) { self.role = role }
    }

    public var name: String
    public var type: ValueType
    public var scalar: ScalarValue?
    public var ranges: RangesValue?
    public var set: SetValue?
    @Defaulted<Defaults.Role> public var role: String
    public var disk: Disk?
    public var reservation: Reservation?
    public var revocable: Revocable?
    /// Not a part of what the resource is: `Resources` ignores it.
    public var allocation_info: AllocationInfo?

    public init(name: String, type: ValueType, role: String = "*") {
        self.name = name
        self.type = type
        self.role = role
    }

    /// - value: cpus in cores, mem and disk in MB.
    public static func scalar(_ name: String, _ value: Double, role: String = "*") -> Resource {
        var resource = Resource(name: name, type: .scalar, role: role)
        resource.scalar = ScalarValue(value: value)
        return resource
    }

    public static func ranges(_ name: String, _ ranges: [ClosedRange<UInt64>], role: String = "*") -> Resource {
        var resource = Resource(name: name, type: .ranges, role: role)
        resource.ranges = RangesValue(range: ranges.map { RangeValue(begin: $0.lowerBound, end: $0.upperBound) })
        return resource
    }

    public static func set(_ name: String, _ items: [String], role: String = "*") -> Resource {
        var resource = Resource(name: name, type: .set, role: role)
        resource.set = SetValue(item: items)
        return resource
    }

    /// Why this entry is not a legal resource, or nil (contracts/mesos.md §12.1, validation).
    public var invalidity: String? {
        if name.isEmpty { return "Empty resource name" }
        let present = [scalar != nil, ranges != nil, set != nil]
        let expected: [Bool]
        switch type {
        case .scalar: expected = [true, false, false]
        case .ranges: expected = [false, true, false]
        case .set: expected = [false, false, true]
        case .text: return "Unsupported resource type TEXT for '\(name)'"
        }
        if present != expected { return "Resource '\(name)' must have exactly one value, matching its type \(type.rawValue)" }
        if let scalar, !scalar.value.isFinite || scalar.value < 0 {
            return "Invalid scalar resource '\(name)': value < 0"
        }
        if let ranges {
            var last: RangeValue?
            for range in ranges.range.sorted(by: { $0.begin < $1.begin }) {
                if range.begin > range.end { return "Invalid ranges resource '\(name)': begin > end" }
                if let last, range.begin <= last.end { return "Invalid ranges resource '\(name)': overlapping ranges" }
                last = range
            }
        }
        if let set, Set(set.item).count != set.item.count { return "Invalid set resource '\(name)': duplicated elements" }
        if disk != nil, name != "disk" { return "DiskInfo should not be set for \(name) resource" }
        if reservation != nil, role == "*" { return "Invalid reservation: role \"*\" cannot be dynamically reserved" }
        return RoleName.invalidity(of: role)
    }
}

/// An agent's attribute.
public struct Attribute: Codable, Sendable, Hashable {
    public var name: String
    public var type: ValueType
    public var scalar: ScalarValue?
    public var ranges: RangesValue?
    public var text: TextValue?
    public var set: SetValue?

    public init(name: String, type: ValueType) {
        self.name = name
        self.type = type
    }

    public static func text(_ name: String, _ value: String) -> Attribute {
        var attribute = Attribute(name: name, type: .text)
        attribute.text = TextValue(value: value)
        return attribute
    }
}
