/// What the JSON API tells of an object. Numbers are written as text.
struct GCSObject: Decodable {
    var name: String
    var size: String?
    var generation: String?
    var updated: String?
}

/// A page of objects.
struct GCSListingPage: Decodable {
    var items: [GCSObject]?
    var nextPageToken: String?
}

/// Why a request was refused.
struct GCSFailure: Decodable {
    struct Detail: Decodable {
        struct Reason: Decodable { var reason: String? }
        var message: String?
        var errors: [Reason]?
    }

    var error: Detail
}
