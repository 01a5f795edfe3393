import FoundationEssentials
import ResourceModel

/// The values of `--resources` and `--attributes` (contracts/mesos.md §12.2).
public enum ResourceText {
    public struct Malformed: Error, Sendable, CustomStringConvertible {
        public let text: String
        public let reason: String
        public var description: String { "'\(text)' is not a resource or attribute (\(reason)); expected name:value or name(role):value" }
    }

    private enum Value {
        case scalar(Double)
        case ranges([ClosedRange<UInt64>])
        case set([String])
        case text(String)
    }

    /// Reads `cpus:8;mem:4096;ports:[31000-32000];disks:{sda,sdb};cpus(prod):2`, or a JSON array of `Resource`.
    /// - defaultRole: of entries that name none.
    public static func resources(_ text: String, defaultRole: String) throws -> [Resource] {
        let trimmed = trim(text)
        let entries: [Resource]
        if trimmed.hasPrefix("[") {
            entries = try json(trimmed, defaultRole: defaultRole)
        } else {
            entries = try parts(trimmed).map { part in
                let (head, value) = try split(part)
                var name = head
                var role = defaultRole
                if head.hasSuffix(")"), let open = head.firstIndex(of: "(") {
                    name = trim(head[..<open])
                    role = trim(head[head.index(after: open)...].dropLast())
                    if let comma = role.firstIndex(of: ",") {
                        throw Malformed(text: part, reason: "a dynamic reservation ('\(role[comma...])') cannot be given by a flag")
                    }
                }
                switch Self.value(value) {
                case .scalar(let number): return .scalar(name, number, role: role)
                case .ranges(let ranges): return .ranges(name, ranges, role: role)
                case .set(let items): return .set(name, items, role: role)
                case .text: throw Malformed(text: part, reason: "a resource is a number, [ranges] or {a set}")
                }
            }
        }
        for entry in entries {
            if let reason = entry.invalidity { throw Malformed(text: entry.name, reason: reason) }
        }
        return entries
    }

    /// Reads `rack:r1;level:[1-3];zone:{a,b};w:1.5`.
    public static func attributes(_ text: String) throws -> [Attribute] {
        try parts(text).map { part in
            let (name, value) = try split(part)
            switch Self.value(value) {
            case .scalar(let number):
                var attribute = Attribute(name: name, type: .scalar)
                attribute.scalar = ScalarValue(value: number)
                return attribute
            case .ranges(let ranges):
                var attribute = Attribute(name: name, type: .ranges)
                attribute.ranges = RangesValue(range: ranges.map { RangeValue(begin: $0.lowerBound, end: $0.upperBound) })
                return attribute
            case .set(let items):
                var attribute = Attribute(name: name, type: .set)
                attribute.set = SetValue(item: items)
                return attribute
            case .text(let text): return .text(name, text)
            }
        }
    }

    private static func json(_ text: String, defaultRole: String) throws -> [Resource] {
        do {
            var entries = try JSONDecoder().decode([Resource].self, from: Data(text.utf8))
            // The default role counts only where none is written; decoding cannot tell `*` from nothing, and neither means
            // anything else where the default is `*`.
            if defaultRole != "*" {
                struct Role: Decodable { var role: String? }
                let roles = try JSONDecoder().decode([Role].self, from: Data(text.utf8))
                for (index, role) in roles.enumerated() where role.role == nil { entries[index].role = defaultRole }
            }
            return entries
        } catch {
            throw Malformed(text: String(text.prefix(80)), reason: "not a JSON array of resources: \(error)")
        }
    }

    private static func parts(_ text: String) throws -> [String] {
        text.split(whereSeparator: { $0 == ";" || $0 == "\n" }).map { trim($0) }.filter { !$0.isEmpty }
    }

    private static func split(_ part: String) throws -> (name: String, value: String) {
        guard let colon = part.firstIndex(of: ":") else { throw Malformed(text: part, reason: "there is no colon") }
        let name = trim(part[..<colon])
        let value = trim(part[part.index(after: colon)...])
        guard !name.isEmpty else { throw Malformed(text: part, reason: "the name is empty") }
        guard !value.isEmpty else { throw Malformed(text: part, reason: "the value is empty") }
        return (name, value)
    }

    private static func value(_ text: String) -> Value {
        if text.hasPrefix("["), let ranges = RangeSet(text: text), !ranges.isEmpty { return .ranges(ranges.ranges) }
        if text.hasPrefix("{"), text.hasSuffix("}") {
            return .set(text.dropFirst().dropLast().split(separator: ",").map { trim($0) }.filter { !$0.isEmpty })
        }
        if let number = Double(text), number.isFinite { return .scalar(number) }
        return .text(text)
    }

    private static func trim(_ text: some StringProtocol) -> String {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        var slice = Substring(text).drop(while: isBlank)
        while let last = slice.last, isBlank(last) { slice.removeLast() }
        return String(slice)
    }
}
