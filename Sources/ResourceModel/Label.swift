/// A key with an optional value.
public struct Label: Codable, Sendable, Hashable {
    public var key: String
    public var value: String?
    public init(key: String, value: String? = nil) {
        self.key = key
        self.value = value
    }
}
