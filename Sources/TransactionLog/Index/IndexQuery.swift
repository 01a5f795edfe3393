/// What a search looks for; all terms that are given must hold.
public struct IndexQuery: Sendable, Hashable {
    public var pathPrefix = ""
    /// A part of the path.
    public var pathMatch = ""
    /// The whole path.
    public var path: String?
    public var type: RecordType?
    public var session: Int64?
    /// Milliseconds since 1970, both ends included.
    public var times: ClosedRange<Int64>?

    public init() {}

    func admits(_ block: BlockSummary) -> Bool {
        if let times, block.lastTime < times.lowerBound || block.firstTime > times.upperBound { return false }
        if let type, block.types & (1 << UInt64(type.rawValue)) == 0 { return false }
        return true
    }

    func admits(_ record: RecordLayout.Fixed) -> Bool {
        if let type, record.type != type.rawValue { return false }
        if let session, record.session != session { return false }
        if let times, !times.contains(record.time) { return false }
        return true
    }
}

/// The path terms of a query as bytes.
struct PathTerms {
    private let prefix: [UInt8]
    private let part: [UInt8]
    private let whole: [UInt8]?

    init(_ query: IndexQuery) {
        prefix = Array(query.pathPrefix.utf8)
        part = Array(query.pathMatch.utf8)
        whole = query.path.map { Array($0.utf8) }
    }

    var isEmpty: Bool { prefix.isEmpty && part.isEmpty && whole == nil }

    func admit(_ path: UnsafeRawBufferPointer) -> Bool {
        if let whole { guard path.count == whole.count, path.elementsEqual(whole) else { return false } }
        if !prefix.isEmpty { guard path.count >= prefix.count, path.prefix(prefix.count).elementsEqual(prefix) else { return false } }
        return part.isEmpty || contains(path)
    }

    private func contains(_ path: UnsafeRawBufferPointer) -> Bool {
        guard path.count >= part.count else { return false }
        let first = part[0]
        for start in 0...path.count - part.count where path[start] == first {
            var length = 1
            while length < part.count, path[start + length] == part[length] { length += 1 }
            if length == part.count { return true }
        }
        return false
    }
}
