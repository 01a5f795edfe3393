import ZooKeeper

/// What happened to a watched znode, as far as its metadata before and after tell.
enum ZnodeChange: String, Sendable, Encodable {
    case created, data, children, deleted

    /// - Returns: in the order in which they must have happened.
    static func changes(from old: Stat?, to new: Stat?) -> [ZnodeChange] {
        switch (old, new) {
        case (nil, nil): return []
        case (nil, _): return [.created]
        case (_, nil): return [.deleted]
        case (let old?, let new?):
            guard old.czxid == new.czxid else { return [.deleted, .created] }
            var changes: [ZnodeChange] = []
            if old.mzxid != new.mzxid { changes.append(.data) }
            if old.pzxid != new.pzxid { changes.append(.children) }
            return changes
        }
    }
}
