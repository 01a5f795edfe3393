/// The grammar of role names (contracts/mesos.md §3.4, §20): `*`, or parts between slashes, `a/b` being a child of `a`.
public enum RoleName {
    /// What is wrong with it, or nil when the name is good.
    public static func invalidity(of role: String) -> String? {
        if role == "*" { return nil }
        if role.isEmpty { return "Empty role name is invalid" }
        if role.hasPrefix("/") { return "Role name '\(role)' is invalid because it starts with a slash" }
        if role.hasSuffix("/") { return "Role name '\(role)' is invalid because it ends with a slash" }
        for part in role.split(separator: "/", omittingEmptySubsequences: false) {
            if part.isEmpty { return "Role name '\(role)' is invalid because it contains two adjacent slashes" }
            if part == "." || part == ".." { return "Role name '\(role)' is invalid" }
            if part == "*" { return "Role name '\(role)' is invalid because '*' is one of its parts" }
            if part.hasPrefix("-") { return "Role name '\(role)' is invalid because it starts with a dash" }
            if part.unicodeScalars.contains(where: refused.contains) {
                return "Role name '\(role)' is invalid because it contains backspace or whitespace"
            }
        }
        return nil
    }

    private static let refused: Set<Unicode.Scalar> = ["\u{7f}", " ", "\t", "\n", "\u{0b}", "\u{0c}", "\r"]

    /// The role it is a child of; nil at the top.
    public static func parent(of role: String) -> String? {
        role.lastIndex(of: "/").map { String(role[..<$0]) }
    }

    /// Its parent, the parent of that, and so on up to the top.
    public static func ancestors(of role: String) -> [String] {
        var ancestors: [String] = []
        var next = parent(of: role)
        while let name = next {
            ancestors.append(name)
            next = parent(of: name)
        }
        return ancestors
    }
}
