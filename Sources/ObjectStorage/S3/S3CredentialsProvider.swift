import Logging

/// Hands out keys; fetches those of an instance role again before they end.
actor S3CredentialsProvider {
    private let fixed: S3Credentials?
    private let metadata: InstanceMetadata?
    private let logger: Logger
    private var cached: (S3Credentials, until: UTCTime)?

    /// Milliseconds before the end when new ones are fetched.
    private static let margin: Int64 = 5 * 60 * 1000

    init(_ source: S3Configuration.CredentialsSource, logger: Logger) {
        self.logger = logger
        switch source {
        case .fixed(let credentials): (fixed, metadata) = (credentials, nil)
        case .instanceRole(let endpoint): (fixed, metadata) = (nil, InstanceMetadata(endpoint: endpoint, logger: logger))
        }
    }

    func credentials() async throws -> S3Credentials {
        if let fixed { return fixed }
        let now = UTCTime.now.milliseconds
        if let cached, cached.until.milliseconds - Self.margin > now { return cached.0 }
        guard let metadata else { throw ObjectStorageError.credentials(reason: "none were given") }
        do {
            let fresh = try await metadata.credentials()
            cached = fresh
            return fresh.0
        } catch {
            // The old ones are good for some minutes yet.
            guard let cached, cached.until.milliseconds > now else { throw error }
            logger.warning("cannot fetch new keys", metadata: ["error": "\(error)"])
            return cached.0
        }
    }

    /// Forgets keys that the service refused.
    func discard() { cached = nil }
}
