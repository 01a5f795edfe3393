import FoundationEssentials
import ZooKeeper

/// One line of the tree, `GET explorer/node` (contracts/exhibitor.md §5).
struct TreeNode: Encodable, Sendable, Equatable {
    var title: String
    var key: String
    var isLazy: Bool
    var expand = false

    static let exception = TreeNode(title: "* Exception *", key: "*", isLazy: false)
}

/// `GET explorer/node-data`.
struct NodeDataBody: Encodable, Sendable, Equatable {
    var bytes: String
    var str: String
    var stat: String

    static let notFound = NodeDataBody(bytes: "", str: "", stat: "* not found * ")

    init(bytes: String, str: String, stat: String) {
        self.bytes = bytes
        self.str = str
        self.stat = stat
    }

    init(data: Data, stat: Stat) {
        bytes = HexPairs.encode(data)
        str = String(decoding: data, as: UTF8.self)
        self.stat =
            "czxid: \(stat.czxid), mzxid: \(stat.mzxid), ctime: \(stat.ctime), mtime: \(stat.mtime), version: \(stat.version), "
            + "cversion: \(stat.cversion), aversion: \(stat.aversion), ephemeralOwner: \(stat.ephemeralOwner), "
            + "dataLength: \(stat.dataLength), numChildren: \(stat.numChildren), pzxid: \(stat.pzxid)"
    }
}

/// A page of `GET explorer/children`.
struct ChildrenBody: Encodable, Sendable {
    struct Child: Encodable, Sendable {
        var name: String
        var path: String
        var numChildren: Int32
        var ephemeral: Bool
        /// Bytes.
        var dataLength: Int32
    }

    var path: String
    var total: Int
    var matched: Int
    var children: [Child]
    /// `after` of the next page; null at the end.
    @Nullable var next: String?
    /// The zxid of the last change of the list.
    var zxid: String
}

/// A znode's metadata with everything that is a number of 64 bits as text: JavaScript has no such numbers.
struct StatBody: Encodable, Sendable, Equatable {
    var czxid: String
    var mzxid: String
    var pzxid: String
    /// Milliseconds since the epoch.
    var ctime: Int64
    var mtime: Int64
    var version: Int32
    var cversion: Int32
    var aversion: Int32
    var ephemeralOwner: String
    var dataLength: Int32
    var numChildren: Int32

    init(_ stat: Stat) {
        czxid = Hexadecimal.text(stat.czxid)
        mzxid = Hexadecimal.text(stat.mzxid)
        pzxid = Hexadecimal.text(stat.pzxid)
        ctime = stat.ctime
        mtime = stat.mtime
        version = stat.version
        cversion = stat.cversion
        aversion = stat.aversion
        ephemeralOwner = Hexadecimal.text(stat.ephemeralOwner)
        dataLength = stat.dataLength
        numChildren = stat.numChildren
    }
}

/// One entry of an access control list.
struct ACLBody: Codable, Sendable, Equatable {
    var perms: Int32
    /// Told, not asked for.
    var permNames: [String]?
    var scheme: String
    var id: String

    init(_ entry: ACL) {
        perms = entry.permissions
        permNames = ZnodePermissions.names(of: entry.permissions)
        scheme = entry.scheme
        id = entry.id
    }
}

/// `GET explorer/znode-info`.
struct ZnodeInfoBody: Encodable, Sendable {
    struct Owner: Encodable, Sendable {
        var session: String
        /// The client's address and port; null when none of the servers knows.
        @Nullable var address: String?
    }

    var path: String
    var stat: StatBody
    /// Base64; null when the access control list keeps us from reading it.
    @Nullable var data: String?
    /// Null when we may not even read the list.
    @Nullable var acl: [ACLBody]?
    /// Null unless the znode belongs to a session.
    @Nullable var owner: Owner?
}

/// 64 bits as `0x…`.
enum Hexadecimal {
    static func text(_ value: Int64) -> String { "0x\(String(UInt64(bitPattern: value), radix: 16))" }
}

/// Encodes its absence as `null`, where the key would be left out otherwise.
@propertyWrapper struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}
