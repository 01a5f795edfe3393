import Logging
public import ObjectStorage
import Platform

extension ConfigurationStoreOptions {
    /// `first:rest`.
    private func pair(_ value: String?, _ option: String, _ kind: Kind, expected: String) throws -> (String, String) {
        let text = try required(value, option, kind)
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex, text.index(after: colon) != text.endIndex else {
            throw ConfigurationStoreOptionsError.malformed(option: option, value: text, expected: expected)
        }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }

    private func lockPrefix(_ value: String?, _ option: String) throws -> String {
        let prefix = value ?? "exhibitor-"
        guard !prefix.isEmpty, !prefix.contains("_") else {
            throw ConfigurationStoreOptionsError.malformed(option: option, value: prefix, expected: "the beginning of a key, without _")
        }
        return prefix
    }

    // MARK: S3

    func makeS3Store(logger: Logger) throws -> ObjectStore<S3Storage> {
        let (bucket, key) = try pair(s3config, "--s3config", .s3, expected: "bucket:key")
        let storage = S3Storage(try s3Configuration(bucket: bucket), logger: logger)
        // Older versions without a prefix lock with this one.
        let foreign = s3configprefix == nil ? ["null-lock-"] : []
        return ObjectStore(
            storage, key: key, prefix: try lockPrefix(s3configprefix, "--s3configprefix"), foreignLockPrefixes: foreign, logger: logger)
    }

    /// How to reach a bucket with `--s3region`, `--s3credentials`, `--s3proxy` and the environment; for backups too.
    ///
    /// Keys come from the file, else from `AWS_ACCESS_KEY_ID` and so on, else from the role of the instance. Another service
    /// than AWS is named by a URL as `--s3region`, by `com.netflix.exhibitor.s3.endpoint` in the file or by `AWS_ENDPOINT_URL`.
    /// - Throws: `ConfigurationStoreOptionsError`.
    public func s3Configuration(
        bucket: String, environment: [String: String] = ProcessEnvironment.current
    ) throws -> S3Configuration {
        let file = try s3credentials.map { try CredentialsFile(option: "--s3credentials", path: $0) }
        var source = S3Configuration.CredentialsSource.standard(environment: environment)
        if let file {
            source = .fixed(
                S3Credentials(
                    accessKeyID: try file.required("s3.access-key-id"), secretAccessKey: try file.required("s3.access-secret-key"),
                    sessionToken: file["s3.session-token"]))
        }
        // An endpoint may also stand in the place of the region.
        let isEndpoint = s3region?.contains("://") == true
        let endpoint = isEndpoint ? s3region : file?["s3.endpoint"] ?? environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"]
        let region = (isEndpoint ? nil : s3region) ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"]
        return S3Configuration(bucket: bucket, region: region, endpoint: endpoint, credentials: source, proxy: try s3Proxy())
    }

    private func s3Proxy() throws -> HTTPProxy? {
        guard let file = try s3proxy.map({ try CredentialsFile(option: "--s3proxy", path: $0) }) else { return nil }
        let port = try file.required("s3.proxy-port")
        guard let number = Int(port), (1...65535).contains(number) else { throw file.failure("s3.proxy-port '\(port)' is no port") }
        return HTTPProxy(
            host: try file.required("s3.proxy-host"), port: number, username: file["s3.proxy-username"], password: file["s3.proxy-password"]
        )
    }

    // MARK: Azure

    func makeAzureStore(logger: Logger) throws -> ObjectStore<AzureStorage> {
        let (container, blob) = try pair(azureconfig, "--azureconfig", .azure, expected: "container:blob")
        let file = try CredentialsFile(
            option: "--azurecredentials", path: try required(azurecredentials, "--azurecredentials", .azure))
        do {
            let configuration = try AzureConfiguration(
                account: try file.required("azure.account-name"), key: try file.required("azure.account-key"), container: container,
                endpointSuffix: file["azure.endpoint-suffix"], endpoint: file["azure.endpoint"])
            return ObjectStore(AzureStorage(configuration, logger: logger), key: blob, hasConditions: true, logger: logger)
        } catch let error as ObjectStorageError {
            throw file.failure("\(error)")
        }
    }

    // MARK: GCS

    func makeGCSStore(logger: Logger) throws -> ObjectStore<GCSStorage> {
        let (bucket, object) = try pair(gcsconfig, "--gcsconfig", .gcs, expected: "bucket:object")
        let file = try gcscredentials.map { try CredentialsFile(option: "--gcscredentials", path: $0) }
        var configuration = GCSConfiguration(bucket: bucket, credentials: try gcsCredentials(file))
        if let endpoint = file?["gcs.endpoint"] { configuration.endpoint = endpoint }
        return ObjectStore(
            GCSStorage(configuration, logger: logger), key: object, prefix: try lockPrefix(gcsconfigprefix, "--gcsconfigprefix"),
            hasConditions: true, logger: logger)
    }

    /// The properties file, a JSON key file in its place, or, without either, the service account of the instance.
    private func gcsCredentials(_ file: CredentialsFile?) throws -> GCSConfiguration.CredentialsSource {
        guard let file else { return .instance(endpoint: "http://metadata.google.internal") }
        if let account = GCSServiceAccount(json: file.text) { return .serviceAccount(account) }
        let path = try file.required("gcs.private-key-path")
        let text: String
        do {
            text = try CredentialsFile.read(path)
        } catch {
            throw file.failure("gcs.private-key-path \(path): \(error)")
        }
        if let account = GCSServiceAccount(json: text) { return .serviceAccount(account) }
        guard text.contains("-----BEGIN") else {
            throw file.failure(
                "gcs.private-key-path \(path) is neither PEM nor a JSON key file; "
                    + "convert a .p12 file with: openssl pkcs12 -in key.p12 -nodes -nocerts -passin pass:notasecret")
        }
        guard let email = file["gcs.account-email"] ?? file["gcs.account-id"] else {
            throw file.failure("com.netflix.exhibitor.gcs.account-email is missing")
        }
        var account = GCSServiceAccount(email: email, privateKey: text)
        if let url = file["gcs.token-url"] { account.tokenURL = url }
        return .serviceAccount(account)
    }
}
