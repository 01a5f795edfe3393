/// Why a request body is refused, with the answer that says so (contracts/marathon.md §2.1).
public enum AppInputError: Error, Sendable, Hashable {
    /// The body is empty: 400.
    case empty
    /// The body is not JSON: 400, the parser's text as details.
    case syntax(JSONSyntaxError)
    /// JSON of the wrong shape: 400.
    case shape([Violation])
    /// A single sentence about the request: 400.
    case badRequest(String)
    /// Semantic validation: 422.
    case invalid([Violation])
    /// Another illegal argument, one sentence: 422.
    case illegal(String)

    public var status: Int {
        switch self {
        case .empty, .syntax, .shape, .badRequest: 400
        case .invalid, .illegal: 422
        }
    }

    public var message: String {
        switch self {
        case .empty: "Please specify data in JSON format"
        case .syntax, .shape: "Invalid JSON"
        case .invalid: "Object is not valid"
        case .badRequest(let message), .illegal(let message): message
        }
    }

    /// The body of the answer.
    public var body: JSONValue {
        var object = JSONObject([("message", .string(message))])
        switch self {
        case .empty: object.append("details", "No content to read: the request body is empty")
        case .syntax(let error): object.append("details", .string(error.description))
        case .shape(let violations), .invalid(let violations): object.append("details", .array(violations.map(\.json)))
        case .badRequest, .illegal: break
        }
        return .object(object)
    }
}

extension AppInputError: CustomStringConvertible {
    public var description: String { "\(status): \(body.text)" }
}

extension JSONValue {
    /// Reads a request body: throws `.empty` or `.syntax`.
    public init(body: [UInt8]) throws(AppInputError) {
        guard body.contains(where: { $0 > 0x20 }) else { throw .empty }
        do { try self.init(parsing: body) } catch { throw .syntax(error) }
    }
}
