/// Something that works today and may not tomorrow, with what to do about it (contracts/exhibitor.md §16.10).
public struct PreflightWarning: Codable, Sendable, Hashable {
    public enum Severity: String, Codable, Sendable, Comparable {
        case warning, failed

        public static func < (one: Severity, other: Severity) -> Bool { one == .warning && other == .failed }
    }

    /// `disk-latency`, `disk-space`, `clock-skew`, `port`, `duplicate-id`, `fsync`, …
    public var kind: String
    public var severity: Severity
    /// The host it is about.
    public var hostname: String
    public var text: String
    /// What the operator can do.
    public var action: String

    public init(kind: String, severity: Severity, hostname: String, text: String, action: String) {
        self.kind = kind
        self.severity = severity
        self.hostname = hostname
        self.text = text
        self.action = action
    }
}
