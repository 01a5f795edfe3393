import AsyncHTTPClient
import FoundationEssentials
public import Logging
public import NIOCore
import NIOHTTP1

/// A bucket of Google's cloud storage, over its JSON API. Versions are generations.
public final class GCSStorage: ObjectStorage {
    let configuration: GCSConfiguration
    let transport: ObjectTransport
    private let tokens: GCSTokenProvider
    /// Bytes of a chunk of an upload; a multiple of 256 KiB, as the service wants it.
    let chunkSize: Int64 = 5 << 20

    public var summary: String { "gcs \(configuration.bucket)" }

    public init(_ configuration: GCSConfiguration, logger: Logger = Logger(label: "object-storage")) {
        self.configuration = configuration
        transport = ObjectTransport(connections: HTTPConnections(), logger: logger)
        tokens = GCSTokenProvider(configuration.credentials, logger: logger)
    }

    // MARK: Addresses

    private var bucketPath: String { "/b/\(PercentEncoding.encode(configuration.bucket))/o" }

    private func url(_ key: String?, _ query: [(name: String, value: String)]) -> String {
        configuration.endpoint + "/storage/v1" + bucketPath + (key.map { "/" + PercentEncoding.encode($0) } ?? "")
            + (query.isEmpty ? "" : "?" + PercentEncoding.query(query))
    }

    private func uploadURL(_ query: [(name: String, value: String)]) -> String {
        "\(configuration.endpoint)/upload/storage/v1\(bucketPath)?\(PercentEncoding.query(query))"
    }

    // MARK: Objects

    public func get(_ key: String, limit: Int) async throws -> StoredObject? {
        let response = try await send("get", key, limit: limit, .GET, url(key, [("alt", "media")]))
        guard response.isSuccess else { return try absence(response, "get", key) }
        guard let generation = response.header("x-goog-generation") else {
            throw ObjectStorageError.malformedAnswer(operation: "get", key: key, reason: "no generation")
        }
        return StoredObject(bytes: response.body, version: generation)
    }

    public func put(_ key: String, _ bytes: ByteBuffer, condition: PutCondition) async throws -> String? {
        var query = [(name: "uploadType", value: "media"), (name: "name", value: key)]
        switch condition {
        case .always: break
        case .ifAbsent: query.append(("ifGenerationMatch", "0"))
        case .ifVersion(let version): query.append(("ifGenerationMatch", version))
        }
        let response = try await send("put", key, .POST, uploadURL(query), body: bytes)
        if response.isSuccess {
            guard let generation = try decode(GCSObject.self, response, "put", key).generation else {
                throw ObjectStorageError.malformedAnswer(operation: "put", key: key, reason: "no generation")
            }
            return generation
        }
        guard condition != .always, response.status == 412 else { throw failure(response, "put", key) }
        return response.attempts > 1 ? try await version(of: key, ifContent: bytes) : nil
    }

    public func delete(_ key: String) async throws {
        let response = try await send("delete", key, .DELETE, url(key, []))
        guard !response.isSuccess else { return }
        let _: StoredObject? = try absence(response, "delete", key)
    }

    public func list(prefix: String) async throws -> ObjectListing {
        var listing = ObjectListing(entries: [], now: 0)
        var token: String?
        repeat {
            var query = [(name: "prefix", value: prefix), (name: "fields", value: "items(name,size,updated),nextPageToken")]
            if let token { query.append(("pageToken", token)) }
            let response = try await send("list", prefix, .GET, url(nil, query))
            guard response.isSuccess else { throw failure(response, "list", prefix) }
            if token == nil { listing.now = response.time.milliseconds }
            let page = try decode(GCSListingPage.self, response, "list", prefix)
            listing.entries += try (page.items ?? []).map { object in
                guard let size = object.size.flatMap({ Int64($0) }), let modified = object.updated.flatMap(UTCTime.init(iso8601:)) else {
                    throw ObjectStorageError.malformedAnswer(
                        operation: "list", key: prefix, reason: "\(object.name) lacks its size or time")
                }
                return ObjectListing.Entry(key: object.name, size: size, modified: modified.milliseconds)
            }
            token = page.nextPageToken
        } while token != nil
        return listing
    }

    public func download(_ key: String, to file: String) async throws -> Int64? {
        let url = url(key, [("alt", "media")])
        return try await transport.receive("get", key, timeout: .hours(1), { try await self.request(.GET, url) }) { response, attempts in
            if response.status == .ok { return try await FileDownload.write(response.body, to: file) }
            let body = try await response.body.collect(upTo: ObjectTransport.answerLimit)
            return try self.absence(
                ObjectResponse(status: Int(response.status.code), headers: response.headers, body: body, attempts: attempts), "get", key)
        }
    }

    // MARK: Files

    /// A resumable upload; what is not completed vanishes after a week.
    public func upload(file: String, to key: String, progress: @Sendable (Int) async throws -> Void) async throws {
        let parts = try await FileParts.open(file, smallest: chunkSize, most: 100_000)
        if parts.isSingle {
            let content = try await parts.readAll()
            let url = uploadURL([("uploadType", "media"), ("name", key)])
            let response = try await send("put", key, timeout: .minutes(5), .POST, url, body: content)
            guard response.isSuccess else { throw failure(response, "put", key) }
            return try await progress(content.readableBytes)
        }
        let begun = try await send("begin upload", key, .POST, uploadURL([("uploadType", "resumable"), ("name", key)]), body: ByteBuffer())
        guard begun.isSuccess, let session = begun.header("location") else { throw failure(begun, "begin upload", key) }
        for index in 0..<parts.count {
            let content = try await parts.read(index)
            let start = parts.offset(index)
            let range = "bytes \(start)-\(start + Int64(content.readableBytes) - 1)/\(parts.size)"
            let response = try await send(
                "upload chunk \(index)", key, timeout: .minutes(5), .PUT, session, headers: [("content-range", range)], body: content)
            // 308: give me more.
            let isLast = index == parts.count - 1
            guard isLast ? response.isSuccess : response.status == 308 else { throw failure(response, "upload chunk \(index)", key) }
            try await progress(content.readableBytes)
        }
    }

    // MARK: -

    /// Once more with a fresh token when the old one was refused.
    private func send(
        _ operation: String, _ key: String, timeout: TimeAmount = .seconds(10), limit: Int = ObjectTransport.answerLimit,
        _ method: HTTPMethod, _ url: String, headers: [(String, String)] = [], body: ByteBuffer? = nil
    ) async throws -> ObjectResponse {
        let response = try await transport.send(operation, key, timeout: timeout, limit: limit) {
            try await self.request(method, url, headers: headers, body: body)
        }
        guard response.status == 401 else { return response }
        await tokens.discard()
        return try await transport.send(operation, key, timeout: timeout, limit: limit) {
            try await self.request(method, url, headers: headers, body: body)
        }
    }

    private func request(
        _ method: HTTPMethod, _ url: String, headers: [(String, String)] = [], body: ByteBuffer? = nil
    ) async throws -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer \(try await tokens.token())")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(body) }
        return request
    }

    private func decode<Value: Decodable>(
        _ type: Value.Type, _ response: ObjectResponse, _ operation: String, _ key: String
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(response.body.readableBytesView))
        } catch {
            throw ObjectStorageError.malformedAnswer(operation: operation, key: key, reason: "\(error)")
        }
    }

    /// Nil when the answer says that there is no such object; an error when it says anything else. A missing bucket has
    /// the same status and is told by its message only.
    private func absence<Value>(_ response: ObjectResponse, _ operation: String, _ key: String) throws -> Value? {
        if response.status == 404, !String(buffer: response.body).contains("bucket does not exist") { return nil }
        throw failure(response, operation, key)
    }

    private func failure(_ response: ObjectResponse, _ operation: String, _ key: String) -> ObjectStorageError {
        let detail = (try? JSONDecoder().decode(GCSFailure.self, from: Data(response.body.readableBytesView)))?.error
        let code = detail?.errors?.first?.reason ?? detail?.message ?? String(String(buffer: response.body).prefix(200))
        return .refused(operation: operation, key: key, status: response.status, code: code)
    }
}
