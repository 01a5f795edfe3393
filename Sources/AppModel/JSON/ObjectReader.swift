/// Collects what is wrong with the shape of a document while it is read to the end.
final class ShapeErrors {
    private(set) var violations: [Violation] = []

    func report(_ path: String, _ error: String) {
        violations = violations.adding(path: path.isEmpty ? "/" : path, error: error)
    }
}

/// Reads the members of one JSON object. A member that is absent or null reads as nil; one of the wrong type reads as
/// nil and is reported with the error code of the contract (contracts/marathon.md §2.1).
struct ObjectReader {
    let object: JSONObject
    let path: String
    let errors: ShapeErrors

    init(object: JSONObject, path: String = "", errors: ShapeErrors) {
        self.object = object
        self.path = path
        self.errors = errors
    }

    func value(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func has(_ key: String) -> Bool { value(key) != nil }

    func path(_ key: String) -> String { "\(path)/\(key)" }

    func report(_ key: String, _ error: String) { errors.report(path(key), error) }

    func string(_ key: String, minimumLength: Int = 0) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else {
            report(key, "error.expected.jsstring")
            return nil
        }
        if text.utf16.count < minimumLength {
            report(key, "error.minLength")
            return nil
        }
        return text
    }

    func requiredString(_ key: String) -> String? {
        if !has(key) { report(key, "error.path.missing") }
        return string(key)
    }

    func double(_ key: String) -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value.number else {
            report(key, "error.expected.jsnumber")
            return nil
        }
        return number
    }

    /// A whole number of 32 bits.
    func int(_ key: String) -> Int? { whole(key, kind: "int", within: Int(Int32.min)...Int(Int32.max)) }

    /// A whole number of seconds or of a like unit.
    func long(_ key: String) -> Int? { whole(key, kind: "long", within: Int.min...Int.max) }

    private func whole(_ key: String, kind: String, within range: ClosedRange<Int>) -> Int? {
        guard let value = value(key) else { return nil }
        guard value.number != nil else {
            report(key, "error.expected.jsnumber")
            return nil
        }
        guard let number = value.int, range.contains(number) else {
            report(key, "error.expected.\(kind)")
            return nil
        }
        return number
    }

    func bool(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let bool = value.bool else {
            report(key, "error.expected.jsboolean")
            return nil
        }
        return bool
    }

    func child(_ key: String) -> ObjectReader? {
        guard let value = value(key) else { return nil }
        guard let object = value.object else {
            report(key, "error.expected.jsobject")
            return nil
        }
        return ObjectReader(object: object, path: path(key), errors: errors)
    }

    /// Every element through `read`, which reports what it does not like under the path it is given.
    func list<Element>(_ key: String, _ read: (_ value: JSONValue, _ path: String) -> Element?) -> [Element]? {
        guard let value = value(key) else { return nil }
        guard let elements = value.array else {
            report(key, "error.expected.jsarray")
            return nil
        }
        return elements.enumerated().compactMap { index, element in read(element, "\(path(key))(\(index))") }
    }

    func objects<Element>(_ key: String, _ read: (ObjectReader) -> Element?) -> [Element]? {
        list(key) { value, path in
            guard let object = value.object else {
                errors.report(path, "error.expected.jsobject")
                return nil
            }
            return read(ObjectReader(object: object, path: path, errors: errors))
        }
    }

    func strings(_ key: String) -> [String]? {
        list(key) { value, path in
            if value.string == nil { errors.report(path, "error.expected.jsstring") }
            return value.string
        }
    }

    func ints(_ key: String) -> [Int]? {
        list(key) { value, path in
            if value.number == nil {
                errors.report(path, "error.expected.jsnumber")
                return nil
            }
            guard let number = value.int, Int32(exactly: number) != nil else {
                errors.report(path, "error.expected.int")
                return nil
            }
            return number
        }
    }

    func map<Value>(_ key: String, _ read: (_ value: JSONValue, _ path: String) -> Value?) -> [String: Value]? {
        guard let child = child(key) else { return nil }
        var result: [String: Value] = [:]
        for member in child.object.members {
            if let value = read(member.value, child.path(member.key)) { result[member.key] = value }
        }
        return result
    }

    func stringMap(_ key: String) -> [String: String]? {
        map(key) { value, path in
            if value.string == nil { errors.report(path, "error.expected.jsstring") }
            return value.string
        }
    }

    /// A name of an enumeration; an unknown one is reported as "`FOO` is not a valid `kind`".
    func name<Name: RawRepresentable<String>>(_ key: String, kind: String) -> Name? {
        guard let text = string(key) else { return nil }
        guard let name = Name(rawValue: text) else {
            report(key, "\(text) is not a valid \(kind)")
            return nil
        }
        return name
    }
}
