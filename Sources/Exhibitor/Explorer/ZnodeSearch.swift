import FoundationEssentials

/// Finds a text in the names and the data of znodes.
struct ZnodeSearch: Sendable {
    enum Place: String, Sendable, Encodable { case path, data }

    struct Hit: Encodable, Sendable, Equatable {
        var path: String
        var `where`: Place
        /// Some text around the match.
        var excerpt: String
    }

    /// Bytes shown on either side of a match.
    private static let margin = 40

    private let match: TextMatch
    private let places: Set<Place>
    private let limit: Int
    private(set) var hits: [Hit] = []
    private(set) var visited = 0

    init(match: TextMatch, places: Set<Place>, limit: Int) {
        self.match = match
        self.places = places
        self.limit = limit
    }

    /// False when there are hits enough.
    mutating func visit(_ visit: SubtreeScan.Visit) -> Bool {
        visited += 1
        // By the last name: else everything below a match would match.
        if places.contains(.path), hits.count < limit, match.isFound(in: visit.path.name) {
            hits.append(Hit(path: visit.path.text, where: .path, excerpt: visit.path.name))
        }
        if places.contains(.data), hits.count < limit, let data = visit.data, let range = match.firstRange(in: data) {
            hits.append(Hit(path: visit.path.text, where: .data, excerpt: Self.excerpt(of: data, around: range)))
        }
        return hits.count < limit
    }

    static func excerpt(of data: Data, around range: Range<Int>) -> String {
        let start = max(range.lowerBound - margin, 0)
        let end = min(range.upperBound + margin, data.count)
        let bytes = data.dropFirst(start).prefix(end - start)
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : String($0) }
        return (start > 0 ? "…" : "") + text.joined() + (end < data.count ? "…" : "")
    }
}

/// `GET explorer/search`.
struct SearchBody: Encodable, Sendable {
    var hits: [ZnodeSearch.Hit]
    var visited: Int
    /// False when a bound was met: there may be more.
    var complete: Bool
}
