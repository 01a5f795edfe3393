/// What is wrong with the options that choose a store.
public enum ConfigurationStoreOptionsError: Error, Sendable, Hashable, CustomStringConvertible {
    case missingType
    case unknownType(String)
    /// The type cannot do without this option.
    case missing(option: String, type: String)
    /// The option belongs to another type.
    case contradictory(option: String, type: String)
    case malformed(option: String, value: String, expected: String)
    /// A file named by an option cannot be used.
    case file(option: String, path: String, reason: String)

    private static let types = ConfigurationStoreOptions.Kind.allCases.map(\.rawValue).joined(separator: ", ")

    public var description: String {
        switch self {
        case .missingType: "--configtype is missing; one of \(Self.types)"
        case .unknownType(let type): "--configtype '\(type)' is unknown; one of \(Self.types)"
        case .missing(let option, let type): "--configtype \(type) needs \(option)"
        case .contradictory(let option, let type): "\(option) makes no sense with --configtype \(type)"
        case .malformed(let option, let value, let expected): "\(option) '\(value)' is malformed; expected \(expected)"
        case .file(let option, let path, let reason): "\(option) \(path): \(reason)"
        }
    }
}
