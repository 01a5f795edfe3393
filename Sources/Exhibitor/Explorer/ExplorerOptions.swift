import ZooKeeper

/// What the Explorer may do (contracts/exhibitor.md §5, §12.7).
public struct ExplorerOptions: Sendable {
    /// `--nodemodification`: whether znodes may be written and deleted; else 403.
    public var allowsModification: Bool
    /// The access control list of the znodes it creates: everybody, unless `--aclid --aclscheme --aclperms` say otherwise.
    public var creationACL: [ACL]

    public init(allowsModification: Bool = true, creationACL: [ACL] = ACL.open) {
        self.allowsModification = allowsModification
        self.creationACL = creationACL
    }
}
