/// A strict reader of the small XML documents that object stores answer with (XML 1.0 without document types).
///
/// Takes: declaration, elements, attributes (dropped), character data, CDATA, comments, the five named entities and
/// numeric ones. Everything else is an error.
struct XMLReader {
    struct Malformed: Error, Hashable, CustomStringConvertible {
        let reason: String
        /// In bytes.
        let offset: Int
        var description: String { "XML is malformed at byte \(offset): \(reason)" }
    }

    private static let depthLimit = 32

    private let bytes: [UInt8]
    private var position = 0

    /// - Returns: the root element.
    static func read(_ bytes: some Sequence<UInt8>) throws(Malformed) -> XMLElement {
        var reader = XMLReader(bytes: Array(bytes))
        return try reader.document()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func document() throws(Malformed) -> XMLElement {
        skip("\u{FEFF}")
        if skip("<?xml") { try skip(through: "?>") }
        try skipMisc()
        guard skip("<") else { throw failure("expected an element") }
        let root = try element(depth: 0)
        try skipMisc()
        guard position == bytes.count else { throw failure("something after the root element") }
        return root
    }

    /// Behind its `<`.
    private mutating func element(depth: Int) throws(Malformed) -> XMLElement {
        guard depth < Self.depthLimit else { throw failure("nested too deeply") }
        var element = XMLElement(name: try name())
        while true {
            let hadSpace = skipSpace()
            if skip("/>") { return element }
            if skip(">") { break }
            guard hadSpace else { throw failure("expected a space before an attribute") }
            try attribute()
        }
        var text: [UInt8] = []
        while true {
            guard position < bytes.count else { throw failure("\(element.name) is not closed") }
            if skip("</") {
                guard try name() == element.name else { throw failure("\(element.name) is closed by another name") }
                skipSpace()
                guard skip(">") else { throw failure("expected >") }
                guard let valid = String(validating: text, as: UTF8.self) else { throw failure("text is not UTF-8") }
                element.text = valid
                return element
            }
            if skip("<!--") {
                try skip(through: "-->")
            } else if skip("<![CDATA[") {
                let start = position
                try skip(through: "]]>")
                text += bytes[start..<(position - 3)]
            } else if skip("<") {
                element.children.append(try self.element(depth: depth + 1))
            } else if skip("&") {
                text += try entity()
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
    }

    private mutating func name() throws(Malformed) -> String {
        let start = position
        while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
        guard position > start, !(0x2d...0x39).contains(bytes[start]),
            let name = String(validating: bytes[start..<position], as: UTF8.self)
        else { throw failure("expected a name") }
        return name
    }

    private mutating func attribute() throws(Malformed) {
        _ = try name()
        skipSpace()
        guard skip("=") else { throw failure("expected =") }
        skipSpace()
        if skip("\"") { return try skip(through: "\"") }
        guard skip("'") else { throw failure("expected a quoted value") }
        try skip(through: "'")
    }

    /// Behind its `&`.
    private mutating func entity() throws(Malformed) -> [UInt8] {
        let start = position
        try skip(through: ";")
        let name = String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
        switch name {
        case "amp": return [0x26]
        case "lt": return [0x3c]
        case "gt": return [0x3e]
        case "quot": return [0x22]
        case "apos": return [0x27]
        default:
            let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil
            guard let scalar = number.flatMap(Unicode.Scalar.init) else { throw failure("unknown entity") }
            return Array(String(Character(scalar)).utf8)
        }
    }

    private mutating func skipMisc() throws(Malformed) {
        while true {
            skipSpace()
            guard skip("<!--") else { return }
            try skip(through: "-->")
        }
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
        return position > start
    }

    @discardableResult
    private mutating func skip(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func skip(through end: String) throws(Malformed) {
        while position < bytes.count {
            if skip(end) { return }
            position += 1
        }
        throw failure("expected \(end)")
    }

    private func failure(_ reason: String) -> Malformed { Malformed(reason: reason, offset: position) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x3a, 0x5f, 0x80...: true
        default: false
        }
    }
}
