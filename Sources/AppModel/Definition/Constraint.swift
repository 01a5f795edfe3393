/// `[field, operator, value?]` (contracts/marathon.md §10.2).
public struct Constraint: Sendable, Hashable, Comparable {
    public enum Operator: String, Sendable, Hashable, CaseIterable {
        case unique = "UNIQUE"
        case cluster = "CLUSTER"
        case groupBy = "GROUP_BY"
        case like = "LIKE"
        case unlike = "UNLIKE"
        case maxPer = "MAX_PER"
    }

    /// `hostname` (or `@hostname`) is the agent's host name; anything else is one of its attributes.
    public var field: String
    public var `operator`: Operator
    public var value: String?

    public init(_ field: String, _ operator: Operator, _ value: String? = nil) {
        self.field = field
        self.operator = `operator`
        self.value = value
    }

    public var isOnHostname: Bool { field == "hostname" || field == "@hostname" }

    public static func < (a: Constraint, b: Constraint) -> Bool { a.parts.lexicographicallyPrecedes(b.parts) }

    private var parts: [String] { [field, `operator`.rawValue] + (value.map { [$0] } ?? []) }

    public var json: JSONValue { JSONValue(parts) }

    static func list(_ key: String, of reader: ObjectReader) -> [Constraint]? {
        reader.list(key) { value, path in Constraint(value, path: path, errors: reader.errors) }?.withoutDuplicates
    }

    private init?(_ json: JSONValue, path: String, errors: ShapeErrors) {
        let parts: [String]? = json.array.flatMap { elements in
            let texts = elements.map { element in element.string ?? element.int.map(String.init) }
            return texts.contains(nil) ? nil : texts.compactMap { $0 }
        }
        guard let parts, (2...3).contains(parts.count) else {
            errors.report(path, "Constraint definition must be an array of strings in format: <key>, <operator>[, value]")
            return nil
        }
        guard let name = Operator(rawValue: parts[1]) else {
            let names = Operator.allCases.map(\.rawValue).joined(separator: ", ")
            errors.report(path, "Constraint operator must be one of the following: [\(names)]")
            return nil
        }
        self.init(parts[0], name, parts.count == 3 ? parts[2] : nil)
    }
}

extension Array where Element: Hashable {
    /// The first of each.
    var withoutDuplicates: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
