/// One `key=value` line of `zoo.cfg`.
public struct ConfigurationLine: Sendable, Hashable {
    public var key: String
    public var value: String

    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }

    /// Reads `key=value`; the value may hold further `=`. Nil without one.
    public init?(parsing text: some StringProtocol) {
        guard let separator = text.firstIndex(of: "="), separator != text.startIndex else { return nil }
        key = String(text[..<separator])
        value = String(text[text.index(after: separator)...])
    }
}
