internal import CZooKeeper

/// A znode's metadata.
public struct Stat: Sendable, Hashable, Codable {
    /// zxid of the creation.
    public var czxid: Int64
    /// zxid of the last change of the data.
    public var mzxid: Int64
    /// zxid of the last change of the list of children.
    public var pzxid: Int64
    /// Milliseconds since the epoch by the leader's wall clock; never decide expiry by it.
    public var ctime: Int64
    public var mtime: Int64
    /// Version of the data.
    public var version: Int32
    /// Version of the list of children.
    public var cversion: Int32
    /// Version of the ACL.
    public var aversion: Int32
    /// The session that owns it; 0 for a persistent znode.
    public var ephemeralOwner: Int64
    /// Bytes.
    public var dataLength: Int32
    public var numChildren: Int32

    init(_ raw: CZooKeeper.Stat) {
        czxid = raw.czxid
        mzxid = raw.mzxid
        pzxid = raw.pzxid
        ctime = raw.ctime
        mtime = raw.mtime
        version = raw.version
        cversion = raw.cversion
        aversion = raw.aversion
        ephemeralOwner = raw.ephemeralOwner
        dataLength = raw.dataLength
        numChildren = raw.numChildren
    }
}
