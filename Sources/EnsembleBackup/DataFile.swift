/// A file of a server's `version-2` directory, known by its name (contracts/exhibitor.md §13.6).
public enum DataFile: Sendable, Hashable {
    /// - first: the zxid of its first transaction.
    case log(first: Zxid)
    /// - taken: the last transaction that was applied when the snapshot was begun.
    case snapshot(taken: Zxid, compression: Compression)

    public enum Compression: String, Sendable, CaseIterable {
        case none = ""
        case gzip = ".gz"
        case snappy = ".snappy"
    }

    /// Nil for anything else.
    public init?(name: String) {
        if name.hasPrefix("log."), let zxid = Zxid(hexadecimal: name.dropFirst(4)) {
            self = .log(first: zxid)
            return
        }
        guard name.hasPrefix("snapshot.") else { return nil }
        var rest = name.dropFirst("snapshot.".count)
        let compression = Compression.allCases.first { $0 != .none && rest.hasSuffix($0.rawValue) } ?? .none
        rest = rest.dropLast(compression.rawValue.count)
        guard let zxid = Zxid(hexadecimal: rest) else { return nil }
        self = .snapshot(taken: zxid, compression: compression)
    }

    public var name: String {
        switch self {
        case .log(let zxid): "log." + String(zxid.rawValue, radix: 16)
        case .snapshot(let zxid, let compression): "snapshot." + String(zxid.rawValue, radix: 16) + compression.rawValue
        }
    }

    public var zxid: Zxid {
        switch self {
        case .log(let zxid), .snapshot(let zxid, _): zxid
        }
    }

    public var isLog: Bool {
        if case .log = self { true } else { false }
    }
}

extension Collection<DataFile> {
    /// The logs a server reads after a snapshot: the one that holds the transaction after it and all later ones, in
    /// order. A log may begin before the snapshot and reach beyond it.
    public func logs(neededAfter snapshot: Zxid) -> [Zxid] {
        let starts = filter(\.isLog).map(\.zxid).sorted()
        guard let first = starts.last(where: { $0 <= snapshot }) else { return starts }
        return starts.filter { $0 >= first }
    }

    /// Newest first.
    public var snapshots: [DataFile] {
        filter { !$0.isLog }.sorted { $0.zxid > $1.zxid }
    }
}
