import FoundationEssentials

/// A container of Azure's blob storage.
public struct AzureConfiguration: Sendable, Hashable {
    public var account: String
    /// The account key, decoded from Base64.
    var key: [UInt8]
    public var container: String
    /// Without a slash at the end: `https://account.blob.core.windows.net`.
    public var endpoint: String

    /// - Parameters:
    ///   - key: Base64.
    ///   - endpointSuffix: nil: `core.windows.net`.
    ///   - endpoint: the whole URL up to the container, for services with the account in the path.
    /// - Throws: `ObjectStorageError.credentials` when the key is not Base64.
    public init(account: String, key: String, container: String, endpointSuffix: String? = nil, endpoint: String? = nil) throws {
        guard let decoded = Data(base64Encoded: key), !decoded.isEmpty else {
            throw ObjectStorageError.credentials(reason: "the key of Azure account \(account) is not Base64")
        }
        self.account = account
        self.key = Array(decoded)
        self.container = container
        var endpoint = endpoint ?? "https://\(account).blob.\(endpointSuffix ?? "core.windows.net")"
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        self.endpoint = endpoint
    }
}
