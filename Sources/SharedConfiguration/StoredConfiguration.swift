/// The text of a store and the version that a writer must name to replace it.
public struct StoredConfiguration: Sendable, Equatable {
    /// Nil: nothing is stored.
    public var text: String?
    /// Opaque: an entity tag, a hash, a znode version.
    public var version: String

    public init(text: String?, version: String) {
        self.text = text
        self.version = version
    }
}
