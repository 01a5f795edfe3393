/// A value of `env`: text, or the name of an entry of `secrets`.
public enum EnvironmentValue: Sendable, Hashable, ExpressibleByStringLiteral {
    case text(String)
    case secret(String)

    public init(stringLiteral value: String) { self = .text(value) }

    static func read(_ value: JSONValue, path: String, errors: ShapeErrors) -> EnvironmentValue? {
        if let text = value.string { return .text(text) }
        guard let object = value.object else {
            errors.report(path, "error.expected.jsstring")
            return nil
        }
        return ObjectReader(object: object, path: path, errors: errors).requiredString("secret").map(EnvironmentValue.secret)
    }

    public var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .secret(let name): ["secret": .string(name)]
        }
    }
}
