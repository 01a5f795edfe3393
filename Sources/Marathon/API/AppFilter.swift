import AppModel

/// The filters of `GET /v2/apps` (contracts/marathon.md §3.1); all that are given must hold.
struct AppFilter: Sendable {
    private let cmd: String?
    private let id: String?
    private let selectors: [LabelSelector]

    /// - Throws: `APIError` 422 when the label selector cannot be read.
    init(cmd: String?, id: String?, label: String?) throws {
        self.cmd = cmd?.lowercased()
        self.id = id?.lowercased()
        self.selectors = try label.map(LabelSelector.parse) ?? []
    }

    func matches(_ app: AppDefinition) -> Bool {
        if let cmd, app.cmd?.lowercased().contains(cmd) != true { return false }
        if let id, !app.id.description.lowercased().contains(id) { return false }
        return selectors.allSatisfy { $0.matches(app.labels) }
    }
}

/// One condition on labels: `key`, `key==value`, `key!=value`, `key in (a, b)`, `key notin (a)`.
struct LabelSelector: Sendable, Equatable {
    enum Condition: Sendable, Equatable {
        case exists
        case isOneOf(Set<String>)
        case isNoneOf(Set<String>)
    }

    let key: String
    let condition: Condition

    func matches(_ labels: [String: String]) -> Bool {
        guard let value = labels[key] else { return false }
        switch condition {
        case .exists: return true
        case .isOneOf(let values): return values.contains(value)
        case .isNoneOf(let values): return !values.contains(value)
        }
    }

    /// Comma-separated selectors; a backslash makes any character part of a word.
    static func parse(_ text: String) throws -> [LabelSelector] {
        var parser = Parser(text)
        return try parser.list()
    }

    private struct Parser {
        let characters: [Character]
        var position = 0
        let text: String

        init(_ text: String) {
            self.text = text
            characters = Array(text)
        }

        mutating func list() throws -> [LabelSelector] {
            var result: [LabelSelector] = []
            repeat { result.append(try selector()) } while accept(",")
            guard position == characters.count else { throw failure() }
            return result
        }

        private mutating func selector() throws -> LabelSelector {
            let key = try word()
            if accept("==") { return LabelSelector(key: key, condition: .isOneOf([try word()])) }
            if accept("!=") { return LabelSelector(key: key, condition: .isNoneOf([try word()])) }
            skipSpace()
            if accept("notin") { return LabelSelector(key: key, condition: .isNoneOf(try set())) }
            if accept("in") { return LabelSelector(key: key, condition: .isOneOf(try set())) }
            return LabelSelector(key: key, condition: .exists)
        }

        private mutating func set() throws -> Set<String> {
            guard accept("(") else { throw failure() }
            var values: Set<String> = []
            repeat { values.insert(try word()) } while accept(",")
            guard accept(")") else { throw failure() }
            return values
        }

        private mutating func word() throws -> String {
            skipSpace()
            var word = ""
            while position < characters.count {
                let character = characters[position]
                if character == "\\", position + 1 < characters.count {
                    word.append(characters[position + 1])
                    position += 2
                } else if character.isASCII, character.isLetter || character.isNumber || "._-".contains(character) {
                    word.append(character)
                    position += 1
                } else {
                    break
                }
            }
            guard !word.isEmpty else { throw failure() }
            skipSpace()
            return word
        }

        private mutating func accept(_ token: String) -> Bool {
            skipSpace()
            guard characters[position...].starts(with: token) else { return false }
            position += token.count
            return true
        }

        private mutating func skipSpace() {
            while position < characters.count, characters[position] == " " { position += 1 }
        }

        private func failure() -> APIError {
            APIError(422, "Can not parse label selector '\(text)': unexpected input at position \(position)")
        }
    }
}
