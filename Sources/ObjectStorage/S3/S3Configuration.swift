/// A bucket of S3, or of a service that speaks its protocol.
public struct S3Configuration: Sendable, Hashable {
    /// Where keys come from.
    public enum CredentialsSource: Sendable, Hashable {
        case fixed(S3Credentials)
        /// The role of the EC2 instance, asked for at its metadata service (IMDSv2).
        /// - endpoint: `http://169.254.169.254`.
        case instanceRole(endpoint: String)

        /// Those of the environment, else the instance role.
        public static func standard(environment: [String: String]) -> CredentialsSource {
            if let credentials = S3Credentials(environment: environment) { return .fixed(credentials) }
            return .instanceRole(endpoint: environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254")
        }
    }

    public var bucket: String
    public var region: String
    /// Without a slash at the end: `https://s3.eu-west-1.amazonaws.com`, `http://127.0.0.1:9000`.
    public var endpoint: String
    /// The bucket in the path instead of the host name.
    public var usesPathStyle: Bool
    public var credentials: CredentialsSource
    public var proxy: HTTPProxy?

    /// - Parameters:
    ///   - region: nil: `us-east-1`.
    ///   - endpoint: of another service than AWS; it gets path style.
    public init(bucket: String, region: String? = nil, endpoint: String? = nil, credentials: CredentialsSource, proxy: HTTPProxy? = nil) {
        let region = region ?? "us-east-1"
        self.bucket = bucket
        self.region = region
        self.credentials = credentials
        self.proxy = proxy
        if var endpoint {
            while endpoint.hasSuffix("/") { endpoint.removeLast() }
            self.endpoint = endpoint
            usesPathStyle = true
        } else {
            self.endpoint = "https://s3.\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
            // A dot in the name of the bucket does not fit the certificate.
            usesPathStyle = bucket.contains(".")
        }
    }
}
