import NIOCore

/// A page of `ListObjectsV2`.
struct S3ListingPage {
    enum Malformed: Error { case incomplete(String) }

    var entries: [ObjectListing.Entry]
    /// Nil on the last page.
    var continuation: String?

    init(_ body: ByteBuffer) throws {
        let root = try XMLReader.read(body.readableBytesView)
        guard root.name == "ListBucketResult" else { throw Malformed.incomplete("no ListBucketResult") }
        // Services that do not know the parameter answer with keys as they are.
        let isEncoded = root.text(of: "EncodingType") == "url"
        entries = try root.all("Contents").map { element in
            guard let text = element.text(of: "Key"), let key = isEncoded ? PercentEncoding.decode(text, plusIsSpace: true) : text,
                let size = element.text(of: "Size").flatMap({ Int64($0) }),
                let modified = element.text(of: "LastModified").flatMap(UTCTime.init(iso8601:))
            else { throw Malformed.incomplete("an entry lacks its key, size or time") }
            return ObjectListing.Entry(key: key, size: size, modified: modified.milliseconds)
        }
        guard root.text(of: "IsTruncated") == "true" else { return }
        guard let token = root.text(of: "NextContinuationToken"), !token.isEmpty else {
            throw Malformed.incomplete("truncated without a continuation")
        }
        continuation = token
    }
}
