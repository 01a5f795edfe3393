import FoundationEssentials
import TransactionLog

/// One element of `GET index/indexed-logs` (contracts/exhibitor.md §6).
struct IndexedLogBody: Encodable, Sendable, Equatable {
    var name: String
    var from: String
    var to: String
    var entryCount: Int

    init(_ summary: IndexSummary) {
        name = summary.name
        from = IndexDates.minutes(summary.from)
        to = IndexDates.minutes(summary.to)
        entryCount = summary.count
    }
}

/// `POST index/cache-search`.
struct SearchHandleBody: Encodable, Sendable, Equatable {
    var id: String
}

/// `GET index/dataTable/{name}/{handle}`, in the form of the table in the original's page.
struct DataTableBody: Encodable, Sendable, Equatable {
    struct Row: Encodable, Sendable, Equatable {
        private static let longestPath = 50
        private static let keptPart = 25

        let DT_RowId: String
        let type: String
        let date: String
        let path: String

        private enum CodingKeys: String, CodingKey {
            case DT_RowId
            case type = "0"
            case date = "1"
            case path = "2"
        }

        init(_ record: IndexRecord) {
            DT_RowId = "index-query-result-\(record.id)"
            type = record.type.title
            date = IndexDates.minutes(record.time)
            path =
                record.path.count <= Self.longestPath
                ? record.path : "\(record.path.prefix(Self.keptPart))&hellip;\(record.path.suffix(Self.keptPart))"
        }
    }

    var sEcho: String
    /// Records in the index.
    var iTotalRecords: Int
    /// Hits.
    var iTotalDisplayRecords: Int
    var aaData: [Row]
}

/// `GET index/get/{name}/{docId}`. The last three are ours.
struct IndexRecordBody: Encodable, Sendable, Equatable {
    var docId: Int
    var type: Int
    var path: String
    var date: String
    var dataAsString: String
    /// Pairs of hexadecimal digits.
    var dataBytes: String
    var zxid: String
    var session: String
    var version: Int32

    init(_ record: IndexRecord, data: [UInt8]?) {
        docId = record.id
        type = Int(record.type.rawValue)
        path = record.path
        date = IndexDates.seconds(record.time)
        dataAsString = String(decoding: data ?? [], as: UTF8.self)
        dataBytes = HexPairs.encode(Data(data ?? []))
        zxid = Hexadecimal.text(record.zxid)
        session = Hexadecimal.text(record.session)
        version = record.version
    }
}

/// One element of `GET index/versions/{name}`.
struct ZnodeVersionBody: Encodable, Sendable {
    var docId: Int
    var type: Int
    /// Milliseconds since 1970.
    var date: Int64
    var zxid: String
    var session: String
    var version: Int32
    /// Base64; null: nothing was stored.
    @Nullable var dataBytes: String?

    init(_ record: IndexRecord, data: [UInt8]?) {
        docId = record.id
        type = Int(record.type.rawValue)
        date = record.time
        zxid = Hexadecimal.text(record.zxid)
        session = Hexadecimal.text(record.session)
        version = record.version
        _dataBytes = Nullable(wrappedValue: data.map { Data($0).base64EncodedString() })
    }
}

/// Body of `POST index/restore`.
struct RestoreRequest: Decodable, Sendable {
    var indexName: String
    var docId: Int
    /// Of the znode as it is now; -1 or absent: whatever it is.
    var expectedVersion: Int32?
}

extension RecordType {
    /// The name in the table of hits.
    var title: String {
        switch self {
        case .createPersistent: "Create-Persistent"
        case .createEphemeral: "Create-Ephemeral"
        case .delete: "Delete"
        case .setData: "SetData"
        case .createContainer: "Create-Container"
        case .createTTL: "Create-TTL"
        case .setAccess: "SetACL"
        case .closeSession: "CloseSession"
        }
    }
}
