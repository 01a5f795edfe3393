/// Java properties text, as in `--defaultconfig`, preferences and the shared configuration
/// (contracts/exhibitor.md §7.3): comments, `=` `:` or white space between key and value, continuation lines, escapes.
public struct JavaProperties: Sendable, Equatable {
    public var values: [String: String] = [:]

    public init(_ values: [String: String] = [:]) {
        self.values = values
    }

    public init(parsing text: String) {
        for line in Self.logicalLines(text) {
            let (key, rest) = Self.key(of: line)
            values[key] = Self.unescape(rest)
        }
    }

    public subscript(key: String) -> String? { values[key] }

    /// One `key=value` line each, sorted by key.
    public var text: String {
        values.sorted { $0.key < $1.key }
            .map { "\(Self.escape($0.key, isKey: true))=\(Self.escape($0.value, isKey: false))\n" }
            .joined()
    }

    // MARK: -

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t" || character == "\u{0c}"
    }

    /// Lines without comments, joined where a line ends in an odd number of back slashes.
    private static func logicalLines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var pending: String?
        for natural in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = natural.drop(while: isBlank)
            if pending == nil, line.isEmpty || line.first == "#" || line.first == "!" { continue }
            let slashes = line.reversed().prefix { $0 == "\\" }.count
            if slashes % 2 == 1 {
                pending = (pending ?? "") + line.dropLast()
            } else {
                lines.append(Substring((pending ?? "") + line))
                pending = nil
            }
        }
        if let pending { lines.append(Substring(pending)) }
        return lines
    }

    private static func key(of line: Substring) -> (key: String, value: Substring) {
        var isEscaped = false
        var end = line.endIndex
        for index in line.indices {
            let character = line[index]
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "=" || character == ":" || isBlank(character) {
                end = index
                break
            }
        }
        var rest = line[end...].drop(while: isBlank)
        if let separator = rest.first, separator == "=" || separator == ":" { rest = rest.dropFirst().drop(while: isBlank) }
        return (unescape(line[..<end]), rest)
    }

    private static func unescape(_ text: Substring) -> String {
        var units: [UInt16] = []
        var characters = text.makeIterator()
        while let character = characters.next() {
            guard character == "\\" else {
                units += character.utf16
                continue
            }
            guard let escaped = characters.next() else { break }
            switch escaped {
            case "n": units.append(10)
            case "t": units.append(9)
            case "r": units.append(13)
            case "f": units.append(12)
            case "u":
                var digits = ""
                while digits.count < 4, let digit = characters.next() { digits.append(digit) }
                if let unit = UInt16(digits, radix: 16) { units.append(unit) }
            default: units += escaped.utf16
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static func escape(_ text: String, isKey: Bool) -> String {
        var result = ""
        for (index, unit) in text.utf16.enumerated() {
            switch unit {
            case 10: result += "\\n"
            case 9: result += "\\t"
            case 13: result += "\\r"
            case 12: result += "\\f"
            case 32: result += isKey || index == 0 ? "\\ " : " "
            case 0x21, 0x23, 0x3a, 0x3d, 0x5c: result += "\\" + String(decoding: [unit], as: UTF16.self)
            case 0x20...0x7e: result += String(decoding: [unit], as: UTF16.self)
            default:
                let digits = String(unit, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }
}
