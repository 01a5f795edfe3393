/// One change of one znode, or the end of a session.
public struct IndexRecord: Sendable, Hashable {
    /// Position in the index: 0 is the oldest.
    public var id: Int
    public var type: RecordType
    /// Milliseconds since 1970, the leader's clock.
    public var time: Int64
    public var zxid: Int64
    /// Who asked for it; 0 for the state that a snapshot holds.
    public var session: Int64
    /// Empty for the end of a session.
    public var path: String
    /// Of the data, or for `setAccess` of the ACL, after the change; 0 after a creation, -1 after a deletion.
    public var version: Int32
    /// What was stored: the data, or for `setAccess` the ACL as text, a line for each entry. Nil: none.
    public var data: DataRange?
    /// Whether it is the state in a snapshot, not a transaction: the znode was last changed before the oldest log.
    public var isFromSnapshot: Bool
    /// Milliseconds, of `createTTL`.
    public var timeToLive: Int64

    /// Where the data of a record is in the index.
    public struct DataRange: Sendable, Hashable {
        public var offset: Int64
        public var count: Int
    }
}
