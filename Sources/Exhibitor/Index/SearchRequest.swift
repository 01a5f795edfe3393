import FoundationEssentials
import TransactionLog

/// Body of `POST index/cache-search` (contracts/exhibitor.md §6).
struct SearchRequest: Decodable, Sendable {
    /// Why a search cannot be made.
    struct Malformed: Error, CustomStringConvertible, Equatable {
        let description: String
    }

    private static let mostResults = 5000

    var indexName: String
    var reuseHandle: String?
    var maxResults: Int
    private var pathPrefix: String?
    private var pathMatch: String?
    private var firstDate: String?
    private var secondDate: String?
    private var operationType: Int
    private var session: String?

    private enum CodingKeys: String, CodingKey {
        case indexName, reuseHandle, maxResults, pathPrefix, pathMatch, firstDate, secondDate, operationType, session
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        indexName = try container.decode(String.self, forKey: .indexName)
        reuseHandle = try container.decodeIfPresent(String.self, forKey: .reuseHandle)
        pathPrefix = try container.decodeIfPresent(String.self, forKey: .pathPrefix)
        pathMatch = try container.decodeIfPresent(String.self, forKey: .pathMatch)
        firstDate = try container.decodeIfPresent(String.self, forKey: .firstDate)
        secondDate = try container.decodeIfPresent(String.self, forKey: .secondDate)
        session = try container.decodeIfPresent(String.self, forKey: .session)
        operationType = try container.lenientNumber(.operationType) ?? -1
        let limit = try container.lenientNumber(.maxResults) ?? 0
        maxResults = limit <= 0 || limit > Self.mostResults ? Self.mostResults : limit
    }

    func query() throws(Malformed) -> IndexQuery {
        var query = IndexQuery()
        query.pathPrefix = pathPrefix ?? ""
        query.pathMatch = pathMatch ?? ""
        if operationType != -1 {
            guard let type = UInt8(exactly: operationType).flatMap(RecordType.init) else {
                throw Malformed(description: "operationType must be -1 to \(RecordType.allCases.count - 1), not \(operationType)")
            }
            query.type = type
        }
        if let session, !session.isEmpty {
            guard let number = Self.sessionID(session) else {
                throw Malformed(description: "session must be hexadecimal, like 0x100012ab, not '\(session.prefix(100))'")
            }
            query.session = number
        }
        if let firstDate, let secondDate, !firstDate.isEmpty, !secondDate.isEmpty {
            guard let first = IndexDates.parse(firstDate), let second = IndexDates.parse(secondDate) else {
                throw Malformed(description: "firstDate and secondDate must be ISO 8601, like 2016-04-07T00:00:00.000Z")
            }
            query.times = IndexDates.range(first, second)
        }
        return query
    }

    private static func sessionID(_ text: String) -> Int64? {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        return UInt64(digits, radix: 16).map { Int64(bitPattern: $0) }
    }
}

extension KeyedDecodingContainer {
    /// A number, also one in a string; pages send either. Nil: null, absent, or an empty string.
    fileprivate func lenientNumber(_ key: Key) throws -> Int? {
        if let number = try? decodeIfPresent(Int.self, forKey: key) { return number }
        guard let text = try decodeIfPresent(String.self, forKey: key), !text.isEmpty else { return nil }
        guard let number = Int(text) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not a number")
        }
        return number
    }
}
