/// When an unreachable task is replaced and forgotten (contracts/marathon.md §16).
public enum UnreachableStrategy: Sendable, Hashable {
    case disabled
    case enabled(inactiveAfterSeconds: Int, expungeAfterSeconds: Int)

    /// Replaced at once, forgotten after 75 s: what the baseline does.
    public static let baseline = UnreachableStrategy.enabled(inactiveAfterSeconds: 0, expungeAfterSeconds: 75)

    static func read(_ key: String, of reader: ObjectReader) -> UnreachableStrategy? {
        guard let value = reader.value(key) else { return nil }
        if value.string == "disabled" { return .disabled }
        guard let object = reader.child(key) else { return nil }
        return .enabled(
            inactiveAfterSeconds: object.long("inactiveAfterSeconds") ?? 0,
            expungeAfterSeconds: object.long("expungeAfterSeconds") ?? max(75, object.long("inactiveAfterSeconds") ?? 0))
    }

    public var json: JSONValue {
        switch self {
        case .disabled: "disabled"
        case .enabled(let inactive, let expunge):
            ["inactiveAfterSeconds": JSONValue(inactive), "expungeAfterSeconds": JSONValue(expunge)]
        }
    }
}
