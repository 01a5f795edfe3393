/// One znode as a snapshot holds it.
public struct SnapshotNode: Sendable {
    /// `/` for the root.
    public let path: String
    /// A view of the reader's buffer; nil: the znode has no data.
    public let data: ArraySlice<UInt8>?
    /// Key of its ACL in `SnapshotReader.accessLists`; -1: open to everybody.
    public let accessKey: Int64
    public let stat: StoredStat
}
