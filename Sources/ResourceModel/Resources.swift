/// A bag of resources with the arithmetic of Mesos: scalars in thousandths, ranges and sets as sets; entries of the same
/// name, type, role, reservation, disk and revocability merge (contracts/mesos.md §12.1).
public struct Resources: Sendable, Hashable {
    /// What two entries must share to be added up.
    public struct Kind: Sendable, Hashable {
        public var name: String
        public var role: String
        public var reservation: Resource.Reservation?
        public var disk: Resource.Disk?
        public var revocable: Bool

        /// Persistent volumes and MOUNT disks are never split and never grow (contracts/mesos.md §12.1).
        public var isWhole: Bool { disk.map { $0.persistence != nil || $0.source?.type == .mount } ?? false }
    }

    enum Quantity: Sendable, Hashable {
        /// Thousandths.
        case scalar(Int64)
        case ranges(RangeSet)
        case set(Set<String>)

        var isEmpty: Bool {
            switch self {
            case .scalar(let value): value <= 0
            case .ranges(let ranges): ranges.isEmpty
            case .set(let items): items.isEmpty
            }
        }
    }

    var quantities: [Kind: Quantity] = [:]

    public init() {}

    /// Entries without a value that fits their type are ignored; check `Resource.invalidity` first where they matter.
    public init(_ entries: some Sequence<Resource>) {
        for entry in entries { add(entry) }
    }

    public var isEmpty: Bool { quantities.isEmpty }

    /// The entries in a stable order: by name, then role.
    public var entries: [Resource] {
        quantities.map { kind, quantity in
            var resource: Resource
            switch quantity {
            case .scalar(let thousandths): resource = .scalar(kind.name, Double(thousandths) / 1000, role: kind.role)
            case .ranges(let ranges): resource = .ranges(kind.name, ranges.ranges, role: kind.role)
            case .set(let items): resource = .set(kind.name, items.sorted(), role: kind.role)
            }
            resource.reservation = kind.reservation
            resource.disk = kind.disk
            resource.revocable = kind.revocable ? Resource.Revocable() : nil
            return resource
        }
        .sorted { ($0.name, $0.role, $0.sortKey) < ($1.name, $1.role, $1.sortKey) }
    }

    /// The sum over all roles of a scalar.
    public func scalar(_ name: String) -> Double { Double(thousandths(name)) / 1000 }

    /// The sum over all roles of a scalar in thousandths.
    public func thousandths(_ name: String) -> Int64 {
        quantities.reduce(0) { sum, entry in
            guard entry.key.name == name, case .scalar(let value) = entry.value else { return sum }
            return sum + value
        }
    }

    public var cpus: Double { scalar("cpus") }
    public var mem: Double { scalar("mem") }
    public var disk: Double { scalar("disk") }

    /// The union over all roles of a ranges resource.
    public func ranges(_ name: String) -> RangeSet {
        quantities.reduce(into: RangeSet()) { union, entry in
            guard entry.key.name == name, case .ranges(let ranges) = entry.value else { return }
            union.formUnion(ranges)
        }
    }

    /// The part whose kind satisfies the predicate.
    public func filter(_ isIncluded: (Kind) -> Bool) -> Resources {
        var result = Resources()
        result.quantities = quantities.filter { isIncluded($0.key) }
        return result
    }

    /// The sums over all roles of every scalar, in thousandths.
    public var scalarThousandths: [String: Int64] {
        quantities.reduce(into: [:]) { sums, entry in
            if case .scalar(let value) = entry.value { sums[entry.key.name, default: 0] += value }
        }
    }

    public func allKinds(_ isSatisfied: (Kind) -> Bool) -> Bool { quantities.keys.allSatisfy(isSatisfied) }

    public var hasRevocable: Bool { quantities.keys.contains { $0.revocable } }

    /// The names of all scalars present.
    public var scalarNames: Set<String> {
        Set(quantities.compactMap { if case .scalar = $0.value { $0.key.name } else { nil } })
    }

    public func contains(_ other: Resources) -> Bool {
        other.quantities.allSatisfy { kind, needed in
            switch (quantities[kind], needed) {
            case (.scalar(let have), .scalar(let need)): kind.isWhole ? have == need : have >= need
            case (.ranges(let have), .ranges(let need)): have.contains(need)
            case (.set(let have), .set(let need)): have.isSuperset(of: need)
            default: needed.isEmpty
            }
        }
    }

    public static func + (a: Resources, b: Resources) -> Resources {
        var sum = a
        sum += b
        return sum
    }

    public static func += (a: inout Resources, b: Resources) {
        for (kind, quantity) in b.quantities { a.add(kind, quantity) }
    }

    /// What is left of `a`; parts of `b` that `a` does not have are ignored.
    public static func - (a: Resources, b: Resources) -> Resources {
        var rest = a
        rest -= b
        return rest
    }

    public static func -= (a: inout Resources, b: Resources) {
        for (kind, quantity) in b.quantities {
            guard let have = a.quantities[kind] else { continue }
            let rest: Quantity
            switch (have, quantity) {
            case (.scalar(let x), .scalar(let y)):
                if kind.isWhole, x != y { continue }
                rest = .scalar(x - y)
            case (.ranges(var x), .ranges(let y)):
                x.subtract(y)
                rest = .ranges(x)
            case (.set(let x), .set(let y)): rest = .set(x.subtracting(y))
            default: continue
            }
            a.quantities[kind] = rest.isEmpty ? nil : rest
        }
    }

    private mutating func add(_ entry: Resource) {
        let quantity: Quantity
        switch entry.type {
        case .scalar:
            guard let value = entry.scalar?.value, value.isFinite, abs(value) < 9e15 else { return }
            quantity = .scalar(Int64((value * 1000).rounded(.toNearestOrAwayFromZero)))
        case .ranges:
            guard let ranges = entry.ranges?.range else { return }
            quantity = .ranges(RangeSet(ranges.compactMap { $0.begin <= $0.end ? $0.begin...$0.end : nil }))
        case .set:
            guard let items = entry.set?.item else { return }
            quantity = .set(Set(items))
        case .text: return
        }
        let kind = Kind(
            name: entry.name, role: entry.role, reservation: entry.reservation, disk: entry.disk,
            revocable: entry.revocable != nil)
        add(kind, quantity)
    }

    private mutating func add(_ kind: Kind, _ quantity: Quantity) {
        guard !quantity.isEmpty else { return }
        switch (quantities[kind], quantity) {
        case (nil, _): quantities[kind] = quantity
        case (.scalar(let x)?, .scalar(let y)): quantities[kind] = .scalar(x + y)
        case (.ranges(var x)?, .ranges(let y)):
            x.formUnion(y)
            quantities[kind] = .ranges(x)
        case (.set(let x)?, .set(let y)): quantities[kind] = .set(x.union(y))
        default: break
        }
    }
}

extension Resources: CustomStringConvertible {
    public var description: String { entries.map(\.description).joined(separator: "; ") }
}
