/// What a framework wants of an agent's attribute, or of its host name.
public struct AttributeConstraint: Codable, Sendable, Hashable {
    /// One of its fields is set.
    public struct Selector: Codable, Sendable, Hashable {
        /// `HOSTNAME`, `REGION` or `ZONE`.
        public var pseudoattribute_type: String?
        public var attribute_name: String?
        public init(attribute_name: String) { self.attribute_name = attribute_name }
        public init(pseudoattribute_type: String) { self.pseudoattribute_type = pseudoattribute_type }
    }
    public struct Presence: Codable, Sendable, Hashable { public init() {} }
    public struct Text: Codable, Sendable, Hashable {
        public var value: String
        public init(value: String) { self.value = value }
    }
    public struct Pattern: Codable, Sendable, Hashable {
        public var regex: String
        public init(regex: String) { self.regex = regex }
    }
    /// One of its fields is set.
    public struct Predicate: Codable, Sendable, Hashable {
        public var exists: Presence?
        public var not_exists: Presence?
        public var text_equals: Text?
        public var text_not_equals: Text?
        public var text_matches: Pattern?
        public var text_not_matches: Pattern?
        public init() {}
    }
    public var selector: Selector
    public var predicate: Predicate
    public init(selector: Selector, predicate: Predicate) {
        self.selector = selector
        self.predicate = predicate
    }
}
