/// The absolute path of an app or a group, e.g. `/prod/web`; `/` is the root group (contracts/marathon.md §9.1).
///
///     let group: AppID = try AppID("/prod")
///     try AppID("web", relativeTo: group).description   // "/prod/web"
///     try AppID("/prod/web").safeForm                   // "prod_web": znode keys and task ids
///     try AppID("/prod/web").hostForm                   // "web.prod": Mesos task name and DNS name
public struct AppID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let segments: [String]

    public static let root = AppID(unchecked: [])

    /// For segments known to be good.
    private init(unchecked segments: [String]) { self.segments = segments }

    /// Resolves a text against a base: a leading slash makes it absolute, empty segments count for nothing, `.` and `..`
    /// move, and `..` above the root stays there. Throws `InvalidSegment` when a segment breaks the grammar.
    public init(_ text: some StringProtocol, relativeTo base: AppID = .root) throws(InvalidSegment) {
        var result = text.hasPrefix("/") ? [] : base.segments
        for part in text.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": if !result.isEmpty { result.removeLast() }
            default:
                guard Self.isSegment(part) else { throw InvalidSegment(segment: String(part)) }
                result.append(String(part))
            }
        }
        segments = result
    }

    public struct InvalidSegment: Error, Sendable, Hashable {
        public let segment: String
        /// The 422 message at `/id`.
        public var message: String { "must fully match regular expression '\(AppID.segmentPattern)'" }
    }

    public static let segmentPattern =
        #"^(([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9\-]*[a-z0-9])|(\.|\.\.)$"#

    public var description: String { "/" + segments.joined(separator: "/") }
    public var isRoot: Bool { segments.isEmpty }

    /// Nil for the root.
    public var parent: AppID? { isRoot ? nil : AppID(unchecked: segments.dropLast()) }

    /// The parents from the root down; empty for the root.
    public var ancestors: [AppID] { segments.indices.map { AppID(unchecked: Array(segments[..<$0])) } }

    public var lastSegment: String? { segments.last }

    /// Unambiguous, because segments have no `_`.
    public var safeForm: String { segments.joined(separator: "_") }

    public var hostForm: String { segments.reversed().joined(separator: ".") }

    /// The id of a safe form; nil when it is not one.
    public init?(safeForm: some StringProtocol) {
        let parts = safeForm.split(separator: "_", omittingEmptySubsequences: false).map { String($0) }
        guard parts.allSatisfy({ Self.isSegment($0) }) else { return nil }
        segments = parts
    }

    /// Whether it is the group itself or anywhere below it.
    public func isSelfOrBelow(_ group: AppID) -> Bool { segments.starts(with: group.segments) }

    /// Whether it is directly below the group.
    public func isChild(of group: AppID) -> Bool {
        segments.count == group.segments.count + 1 && isSelfOrBelow(group)
    }

    public static func < (a: AppID, b: AppID) -> Bool { a.segments.lexicographicallyPrecedes(b.segments) }

    /// Labels of lower-case letters, digits and inner dashes, joined by dots.
    static func isSegment(_ text: some StringProtocol) -> Bool {
        var previous: UInt8 = UInt8(ascii: ".")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "-"): if previous == UInt8(ascii: ".") { return false }
            case UInt8(ascii: "."): if previous == UInt8(ascii: ".") || previous == UInt8(ascii: "-") { return false }
            default: return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".") && previous != UInt8(ascii: "-")
    }
}

extension AppID: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)': \(error.message)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension AppID: CodingKeyRepresentable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public var codingKey: any CodingKey { Key(stringValue: description) }

    public init?(codingKey: some CodingKey) {
        guard let id = try? AppID(codingKey.stringValue) else { return nil }
        self = id
    }
}
