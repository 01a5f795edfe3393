/// One entry of a znode's access control list.
public struct ACL: Sendable, Hashable, Codable {
    /// read 1, write 2, create 4, delete 8, admin 16; create and delete are about children.
    public var permissions: Int32
    /// `world`, `auth`, `digest`, `ip`, …
    public var scheme: String
    public var id: String

    public init(permissions: Int32, scheme: String, id: String) {
        self.permissions = permissions
        self.scheme = scheme
        self.id = id
    }

    /// Everybody may do everything.
    public static let open = [ACL(permissions: 31, scheme: "world", id: "anyone")]
    /// Everybody reads; whoever is authenticated on this session does everything.
    public static let creatorAllWorldRead = [
        ACL(permissions: 1, scheme: "world", id: "anyone"), ACL(permissions: 31, scheme: "auth", id: ""),
    ]
}
