/// A path that ZooKeeper accepts: absolute, no empty, `.` or `..` names, no control characters.
///
/// Two paths are the same only when their bytes are: ZooKeeper knows nothing of canonically equivalent text.
struct ZnodePath: Sendable, CustomStringConvertible {
    struct Malformed: Error, CustomStringConvertible, Equatable {
        let path: String
        let reason: String
        var description: String { "'\(path.prefix(200))' is not the path of a znode: \(reason)" }
    }

    static let root = ZnodePath(trusted: "/")
    /// ZooKeeper's own nodes: quotas and the ensemble's membership. They are changed by their own operations only.
    private static let reserved = "/zookeeper"
    /// The longest path that fits into a request beside everything else.
    private static let longest = 64 * 1024

    let text: String

    private init(trusted text: String) { self.text = text }

    init(_ text: String) throws(Malformed) {
        func malformed(_ reason: String) -> Malformed { Malformed(path: text, reason: reason) }
        guard text.utf8.first == UInt8(ascii: "/") else { throw malformed("it must begin with a slash") }
        guard text.utf8.count <= Self.longest else { throw malformed("it has more than \(Self.longest) bytes") }
        if text.utf8.count > 1 {
            for name in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
                if name.isEmpty { throw malformed("a name is empty") }
                if name.elementsEqual([UInt8(ascii: ".")]) || name.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) {
                    throw malformed("relative names are not allowed")
                }
            }
            if let bad = text.unicodeScalars.first(where: Self.isForbidden) {
                throw malformed("it contains the character U+\(String(bad.value, radix: 16, uppercase: true))")
            }
        }
        self.text = text
    }

    /// What ZooKeeper refuses: control characters, private use, specials.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1f, 0x7f...0x9f, 0xd800...0xf8ff, 0xfff0...0xffff: true
        default: false
        }
    }

    var description: String { text }
    var isRoot: Bool { text.utf8.count == 1 }

    /// True for the root and for everything that belongs to ZooKeeper itself: never written or deleted here.
    var isProtected: Bool { isRoot || isAtOrBelow(Self.reserved) }

    private func isAtOrBelow(_ other: String) -> Bool {
        guard text.utf8.starts(with: other.utf8) else { return false }
        let rest = text.utf8.dropFirst(other.utf8.count)
        return rest.isEmpty || rest.first == UInt8(ascii: "/")
    }

    /// - name: as the server told it.
    func child(_ name: String) -> ZnodePath { ZnodePath(trusted: isRoot ? "/\(name)" : "\(text)/\(name)") }

    /// The last name; empty for the root.
    var name: String { String(text[text.index(after: lastSlash)...]) }

    /// The root is its own parent.
    var parent: ZnodePath {
        let slash = lastSlash
        return slash == text.startIndex ? .root : ZnodePath(trusted: String(text[..<slash]))
    }

    /// From the child of the root down to the parent.
    var ancestors: [ZnodePath] {
        var ancestors: [ZnodePath] = []
        var next = parent
        while !next.isRoot {
            ancestors.append(next)
            next = next.parent
        }
        return ancestors.reversed()
    }

    private var lastSlash: String.Index { text.utf8.lastIndex(of: UInt8(ascii: "/")) ?? text.startIndex }
}
