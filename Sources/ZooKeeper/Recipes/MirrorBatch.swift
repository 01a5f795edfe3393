public import FoundationEssentials

/// One change of a mirrored subtree.
public enum MirrorChange: Sendable {
    /// The node is there with this content: new, changed, or its metadata changed.
    case put(path: String, data: Data, stat: Stat)
    case remove(path: String)

    public var path: String {
        switch self {
        case .put(let path, _, _), .remove(let path): path
        }
    }
}

/// Changes of a mirrored subtree that were seen together.
public struct MirrorBatch: Sendable {
    /// In the order in which they are to be applied; a path occurs once.
    public let changes: [MirrorChange]
    /// The highest zxid seen so far: everything below the roots up to some point at or after each node's own zxid is in.
    public let zxid: Int64
    /// True for the first batch: the complete contents.
    public let isSnapshot: Bool
}
