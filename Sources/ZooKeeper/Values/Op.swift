public import FoundationEssentials

/// One operation of a multi: all of them happen, or none.
public enum Op: Sendable, Hashable {
    case create(path: String, data: Data, mode: CreateMode, acl: [ACL])
    case set(path: String, data: Data, version: Int32)
    case delete(path: String, version: Int32)
    /// Fails the multi unless the data version of the node is this.
    case check(path: String, version: Int32)

    public static func create(_ path: String, _ data: Data = Data(), mode: CreateMode = .persistent, acl: [ACL] = ACL.open) -> Op {
        .create(path: path, data: data, mode: mode, acl: acl)
    }
    /// - version: -1 for any.
    public static func set(_ path: String, _ data: Data, version: Int32 = -1) -> Op {
        .set(path: path, data: data, version: version)
    }
    public static func delete(_ path: String, version: Int32 = -1) -> Op { .delete(path: path, version: version) }
    public static func check(_ path: String, version: Int32) -> Op { .check(path: path, version: version) }

    public var path: String {
        switch self {
        case .create(let path, _, _, _), .set(let path, _, _), .delete(let path, _), .check(let path, _): path
        }
    }

    /// An upper bound of its bytes in a request packet.
    public var encodedSize: Int {
        switch self {
        case .create(let path, let data, _, let acl):
            // Header 9, two lengths, flags, and per ACL entry its strings.
            path.utf8.count + data.count + 32 + acl.reduce(0) { $0 + $1.scheme.utf8.count + $1.id.utf8.count + 12 }
        case .set(let path, let data, _): path.utf8.count + data.count + 24
        case .delete(let path, _), .check(let path, _): path.utf8.count + 20
        }
    }
}

/// What an operation of a successful multi gave.
public enum OpResult: Sendable, Hashable {
    /// The actual path, with its number for sequential modes.
    case created(path: String)
    case set(Stat)
    case deleted
    case checked
}

/// What a request may weigh (contracts/exhibitor.md §14.7). More makes the server drop the connection, so it is refused here.
public enum RequestLimits {
    /// Bytes of data of one znode.
    public static let dataSize = 512 * 1024
    /// Bytes of a whole multi.
    public static let multiSize = 700 * 1024
}
