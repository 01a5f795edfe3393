/// The part of a znode's stat that ZooKeeper stores.
public struct StoredStat: Sendable, Hashable {
    public var czxid: Int64
    public var mzxid: Int64
    /// Milliseconds since 1970, as `mtime`.
    public var ctime: Int64
    public var mtime: Int64
    public var version: Int32
    /// The number of creations below it. What clients see counts deletions too: `2 * cversion - children`.
    public var cversion: Int32
    public var aversion: Int32
    public var ephemeralOwner: Int64
    public var pzxid: Int64

    public init(
        czxid: Int64 = 0, mzxid: Int64 = 0, ctime: Int64 = 0, mtime: Int64 = 0, version: Int32 = 0, cversion: Int32 = 0,
        aversion: Int32 = 0, ephemeralOwner: Int64 = 0, pzxid: Int64 = 0
    ) {
        self.czxid = czxid
        self.mzxid = mzxid
        self.ctime = ctime
        self.mtime = mtime
        self.version = version
        self.cversion = cversion
        self.aversion = aversion
        self.ephemeralOwner = ephemeralOwner
        self.pzxid = pzxid
    }

    public var kind: NodeKind { NodeKind(owner: ephemeralOwner) }

    /// `ephemeralOwner` as clients see it: 0 for containers and for znodes with a time to live.
    public var visibleOwner: Int64 {
        if case .ephemeral(let session) = kind { session } else { 0 }
    }
}
