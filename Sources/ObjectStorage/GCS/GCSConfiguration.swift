/// A bucket of Google's cloud storage.
public struct GCSConfiguration: Sendable, Hashable {
    public enum CredentialsSource: Sendable, Hashable {
        case serviceAccount(GCSServiceAccount)
        /// The service account of the instance, asked for at its metadata server.
        /// - endpoint: `http://metadata.google.internal`.
        case instance(endpoint: String)
    }

    public var bucket: String
    public var credentials: CredentialsSource
    /// Without a slash at the end.
    public var endpoint: String

    public init(bucket: String, credentials: CredentialsSource, endpoint: String = "https://storage.googleapis.com") {
        self.bucket = bucket
        self.credentials = credentials
        self.endpoint = endpoint
        while self.endpoint.hasSuffix("/") { self.endpoint.removeLast() }
    }
}
