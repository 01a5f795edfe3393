import AsyncHTTPClient
public import Logging
public import NIOCore
import NIOHTTP1

/// A container of Azure's blob storage. Versions are entity tags.
public final class AzureStorage: ObjectStorage {
    let configuration: AzureConfiguration
    let transport: ObjectTransport
    /// Bytes of a block.
    let blockSize: Int64 = 5 << 20

    public var summary: String { "azure \(configuration.container)" }

    public init(_ configuration: AzureConfiguration, logger: Logger = Logger(label: "object-storage")) {
        self.configuration = configuration
        transport = ObjectTransport(connections: HTTPConnections(), logger: logger)
    }

    // MARK: Objects

    public func get(_ key: String, limit: Int) async throws -> StoredObject? {
        let response = try await send("get", key, limit: limit, AzureRequest(method: .GET, blob: key))
        guard response.isSuccess else { return try absence(response, "get", key) }
        return StoredObject(bytes: response.body, version: try entityTag(response, "get", key))
    }

    public func put(_ key: String, _ bytes: ByteBuffer, condition: PutCondition) async throws -> String? {
        var request = AzureRequest(method: .PUT, blob: key, body: bytes)
        request.headers = [("x-ms-blob-type", "BlockBlob")]
        switch condition {
        case .always: break
        case .ifAbsent: request.headers.append(("if-none-match", "*"))
        case .ifVersion(let version): request.headers.append(("if-match", version))
        }
        let response = try await send("put", key, request)
        if response.isSuccess { return try entityTag(response, "put", key) }
        guard condition != .always,
            ["ConditionNotMet", "BlobAlreadyExists", "TargetConditionNotMet", "BlobNotFound"].contains(code(response))
        else { throw failure(response, "put", key) }
        return response.attempts > 1 ? try await version(of: key, ifContent: bytes) : nil
    }

    public func delete(_ key: String) async throws {
        let response = try await send("delete", key, AzureRequest(method: .DELETE, blob: key))
        guard !response.isSuccess else { return }
        let _: StoredObject? = try absence(response, "delete", key)
    }

    public func list(prefix: String) async throws -> ObjectListing {
        var listing = ObjectListing(entries: [], now: 0)
        var marker: String?
        repeat {
            var request = AzureRequest(method: .GET, blob: nil)
            request.query = [("restype", "container"), ("comp", "list"), ("prefix", prefix)]
            if let marker { request.query.append(("marker", marker)) }
            let response = try await send("list", prefix, request)
            guard response.isSuccess else { throw failure(response, "list", prefix) }
            if marker == nil { listing.now = response.time.milliseconds }
            let page: AzureListingPage
            do {
                page = try AzureListingPage(response.body)
            } catch {
                throw ObjectStorageError.malformedAnswer(operation: "list", key: prefix, reason: "\(error)")
            }
            listing.entries += page.entries
            marker = page.continuation
        } while marker != nil
        return listing
    }

    public func download(_ key: String, to file: String) async throws -> Int64? {
        let request = AzureRequest(method: .GET, blob: key)
        return try await transport.receive("get", key, timeout: .hours(1), { sign(request) }) { response, attempts in
            if response.status == .ok { return try await FileDownload.write(response.body, to: file) }
            let body = try await response.body.collect(upTo: ObjectTransport.answerLimit)
            return try self.absence(
                ObjectResponse(status: Int(response.status.code), headers: response.headers, body: body, attempts: attempts), "get", key)
        }
    }

    // MARK: Files

    /// In blocks that nobody sees until their list is stored. Blocks of an upload that fails vanish after a week.
    public func upload(file: String, to key: String, progress: @Sendable (Int) async throws -> Void) async throws {
        let parts = try await FileParts.open(file, smallest: blockSize, most: 50_000)
        if parts.isSingle {
            let content = try await parts.readAll()
            var request = AzureRequest(method: .PUT, blob: key, body: content)
            request.headers = [("x-ms-blob-type", "BlockBlob")]
            let response = try await send("put", key, timeout: .minutes(5), request)
            guard response.isSuccess else { throw failure(response, "put", key) }
            return try await progress(content.readableBytes)
        }
        var ids: [String] = []
        for index in 0..<parts.count {
            let content = try await parts.read(index)
            ids.append(Self.blockID(index))
            var request = AzureRequest(method: .PUT, blob: key, body: content)
            request.query = [("comp", "block"), ("blockid", Self.blockID(index))]
            let response = try await send("upload block \(index)", key, timeout: .minutes(5), request)
            guard response.isSuccess else { throw failure(response, "upload block \(index)", key) }
            try await progress(content.readableBytes)
        }
        let list = ids.map { "<Latest>\($0)</Latest>" }.joined()
        var request = AzureRequest(
            method: .PUT, blob: key, body: ByteBuffer(string: "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>\(list)</BlockList>"))
        request.query = [("comp", "blocklist")]
        let response = try await send("complete upload", key, timeout: .minutes(5), request)
        guard response.isSuccess else { throw failure(response, "complete upload", key) }
    }

    /// Base64 of six digits: all ids of a blob must be of one length.
    private static func blockID(_ index: Int) -> String {
        let digits = String(1_000_000 + index).dropFirst()
        return Base64.text(Array(digits.utf8))
    }

    // MARK: -

    private func send(
        _ operation: String, _ key: String, timeout: TimeAmount = .seconds(10), limit: Int = ObjectTransport.answerLimit,
        _ request: AzureRequest
    ) async throws -> ObjectResponse {
        try await transport.send(operation, key, timeout: timeout, limit: limit) { sign(request) }
    }

    private func sign(_ request: AzureRequest) -> HTTPClientRequest { request.signed(configuration, time: .now) }

    /// Nil when the answer says that there is no such blob; an error when it says anything else.
    private func absence<Value>(_ response: ObjectResponse, _ operation: String, _ key: String) throws -> Value? {
        if response.status == 404, code(response) == "BlobNotFound" { return nil }
        throw failure(response, operation, key)
    }

    private func code(_ response: ObjectResponse) -> String {
        response.header("x-ms-error-code") ?? (try? XMLReader.read(response.body.readableBytesView))?.text(of: "Code") ?? ""
    }

    private func failure(_ response: ObjectResponse, _ operation: String, _ key: String) -> ObjectStorageError {
        .refused(operation: operation, key: key, status: response.status, code: code(response))
    }

    private func entityTag(_ response: ObjectResponse, _ operation: String, _ key: String) throws -> String {
        guard let tag = response.header("etag"), !tag.isEmpty else {
            throw ObjectStorageError.malformedAnswer(operation: operation, key: key, reason: "no entity tag")
        }
        return tag
    }
}
