import NIOCore

/// A page of `List Blobs`.
struct AzureListingPage {
    enum Malformed: Error { case incomplete(String) }

    var entries: [ObjectListing.Entry]
    /// Nil on the last page.
    var continuation: String?

    init(_ body: ByteBuffer) throws {
        let root = try XMLReader.read(body.readableBytesView)
        guard root.name == "EnumerationResults", let blobs = root["Blobs"] else { throw Malformed.incomplete("no EnumerationResults") }
        entries = try blobs.all("Blob").map { blob in
            guard let key = blob.text(of: "Name"), let size = blob["Properties"]?.text(of: "Content-Length").flatMap({ Int64($0) }),
                let modified = blob["Properties"]?.text(of: "Last-Modified").flatMap(UTCTime.init(http:))
            else { throw Malformed.incomplete("a blob lacks its name, size or time") }
            return ObjectListing.Entry(key: key, size: size, modified: modified.milliseconds)
        }
        continuation = root.text(of: "NextMarker").flatMap { $0.isEmpty ? nil : $0 }
    }
}
