/// What is wrong at one place of a request body: an entry of `details` (contracts/marathon.md §2.1).
public struct Violation: Sendable, Hashable {
    /// `/instances`, `/portDefinitions(1)/name`; `/` is the object itself.
    public var path: String
    public var errors: [String]

    public init(path: String, errors: [String]) {
        self.path = path
        self.errors = errors
    }

    public var json: JSONValue { ["path": .string(path), "errors": JSONValue(errors)] }
}

extension [Violation] {
    /// All errors of one path share one entry.
    func adding(path: String, error: String) -> [Violation] {
        var result = self
        if let index = result.firstIndex(where: { $0.path == path }) {
            if !result[index].errors.contains(error) { result[index].errors.append(error) }
        } else {
            result.append(Violation(path: path, errors: [error]))
        }
        return result
    }
}
