/// An element of an answer. Attributes, comments and the order of text and children are of no use here and dropped.
struct XMLElement: Sendable, Hashable {
    var name: String
    /// All text directly in it, entities resolved.
    var text = ""
    var children: [XMLElement] = []

    /// The first child of that name.
    subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of a child; nil without one.
    func text(of name: String) -> String? { self[name]?.text }
}
