/// Gathers violations while rules are checked.
struct ViolationList {
    private(set) var violations: [Violation] = []

    mutating func add(_ path: String, _ error: String) {
        violations = violations.adding(path: path, error: error)
    }

    mutating func check(_ holds: Bool, _ path: String, _ error: @autoclosure () -> String) {
        if !holds { add(path, error()) }
    }

    mutating func checkNotNegative(_ value: Int, _ path: String) {
        check(value >= 0, path, "got \(value), expected 0 or more")
    }

    mutating func checkNotNegative(_ value: Double, _ path: String) {
        check(value >= 0, path, "got \(value), expected 0.0 or more")
    }

    mutating func checkPort(_ value: Int, _ path: String) {
        checkNotNegative(value, path)
        check(value <= 65535, path, "got \(value), expected between 0 and 65535")
    }

    mutating func checkFraction(_ value: Double, _ path: String) {
        check((0.0...1.0).contains(value), path, "got \(value), expected between 0.0 and 1.0")
    }

    mutating func checkNotEmpty(_ text: String, _ path: String) {
        check(!text.isEmpty, path, "must not be empty")
    }

    mutating func checkPortName(_ name: String?, _ path: String) {
        guard let name else { return }
        let isGood = !name.isEmpty && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        check(isGood, path, "must fully match regular expression '^[a-z0-9-]+$'")
    }

    mutating func checkUnique<Element: Hashable>(_ elements: [Element], _ path: String, _ error: String) {
        check(Set(elements).count == elements.count, path, error)
    }
}
