public import ResourceModel

/// Amounts of scalar resources by name, in thousandths; roles, reservations and disks do not matter here.
public struct Quantities: Sendable, Hashable {
    /// Only what is greater than 0.
    private(set) var amounts: [String: Int64] = [:]

    public init() {}

    public init(_ resources: Resources) { self.amounts = resources.scalarThousandths }

    public var isEmpty: Bool { amounts.isEmpty }
    public var names: [String] { amounts.keys.sorted() }
    public func thousandths(_ name: String) -> Int64 { amounts[name] ?? 0 }
    public subscript(name: String) -> Double { Double(thousandths(name)) / 1000 }

    public func contains(_ other: Quantities) -> Bool { other.amounts.allSatisfy { thousandths($0.key) >= $0.value } }

    public static func += (a: inout Quantities, b: Quantities) {
        for (name, amount) in b.amounts { a.amounts[name, default: 0] += amount }
    }

    /// Never below 0.
    public static func -= (a: inout Quantities, b: Quantities) {
        for (name, amount) in b.amounts {
            guard let have = a.amounts[name] else { continue }
            a.amounts[name] = have > amount ? have - amount : nil
        }
    }

    public static func + (a: Quantities, b: Quantities) -> Quantities {
        var sum = a
        sum += b
        return sum
    }

    public static func - (a: Quantities, b: Quantities) -> Quantities {
        var rest = a
        rest -= b
        return rest
    }

    /// The largest part of any of `total` that these amounts are.
    func dominantShare(of total: Quantities, excluding excluded: Set<String>) -> Double {
        var share = 0.0
        for (name, amount) in amounts {
            guard let whole = total.amounts[name], !excluded.contains(name) else { continue }
            share = max(share, Double(amount) / Double(whole))
        }
        return share
    }
}
