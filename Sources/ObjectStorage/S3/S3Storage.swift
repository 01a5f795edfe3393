import AsyncHTTPClient
import Crypto
public import Logging
public import NIOCore
import NIOHTTP1
import Synchronization

/// A bucket of S3, or of a service that speaks its protocol. Versions are entity tags.
public final class S3Storage: ObjectStorage {
    let configuration: S3Configuration
    let transport: ObjectTransport
    private let credentials: S3CredentialsProvider
    /// What the service's clock shows beyond ours, in ms. Learned when it refuses a signature for its time.
    private let clockOffset = Mutex<Int64>(0)
    /// Bytes of a part; the smallest that S3 takes.
    let partSize: Int64 = 5 << 20

    public var summary: String { "s3 \(configuration.bucket)" }

    public init(_ configuration: S3Configuration, logger: Logger = Logger(label: "object-storage")) {
        self.configuration = configuration
        transport = ObjectTransport(connections: HTTPConnections(proxy: configuration.proxy), logger: logger)
        credentials = S3CredentialsProvider(configuration.credentials, logger: logger)
    }

    // MARK: Objects

    public func get(_ key: String, limit: Int) async throws -> StoredObject? {
        let response = try await send("get", key, limit: limit, S3Request(method: .GET, key: key))
        guard response.isSuccess else { return try absence(response, "get", key) }
        return StoredObject(bytes: response.body, version: try entityTag(response, "get", key))
    }

    public func put(_ key: String, _ bytes: ByteBuffer, condition: PutCondition) async throws -> String? {
        var request = S3Request(method: .PUT, key: key, body: bytes)
        switch condition {
        case .always: break
        case .ifAbsent: request.headers.append(("if-none-match", "*"))
        case .ifVersion(let version): request.headers.append(("if-match", version))
        }
        let response = try await send("put", key, request)
        switch response.status {
        case 200..<300: return try entityTag(response, "put", key)
        case _ where condition == .always: throw S3Failure.error(response, "put", key)
        case 404 where S3Failure.code(response) == "NoSuchKey": return nil
        // 409: somebody else is writing just now.
        case 409, 412:
            return response.attempts > 1 ? try await version(of: key, ifContent: bytes) : nil
        case 501: throw ObjectStorageError.conditionsUnsupported
        default: throw S3Failure.error(response, "put", key)
        }
    }

    public func delete(_ key: String) async throws {
        let response = try await send("delete", key, S3Request(method: .DELETE, key: key))
        guard !response.isSuccess else { return }
        let _: StoredObject? = try absence(response, "delete", key)
    }

    public func list(prefix: String) async throws -> ObjectListing {
        var listing = ObjectListing(entries: [], now: 0)
        var token: String?
        repeat {
            var request = S3Request(method: .GET, key: nil)
            request.query = [("encoding-type", "url"), ("list-type", "2"), ("prefix", prefix)]
            if let token { request.query.append(("continuation-token", token)) }
            let response = try await send("list", prefix, request)
            guard response.isSuccess else { throw S3Failure.error(response, "list", prefix) }
            if token == nil { listing.now = response.time.milliseconds }
            let page: S3ListingPage
            do {
                page = try S3ListingPage(response.body)
            } catch {
                throw ObjectStorageError.malformedAnswer(operation: "list", key: prefix, reason: "\(error)")
            }
            listing.entries += page.entries
            token = page.continuation
        } while token != nil
        return listing
    }

    public func download(_ key: String, to file: String) async throws -> Int64? {
        let request = S3Request(method: .GET, key: key)
        return try await transport.receive("get", key, timeout: .hours(1), { try await self.sign(request) }) { response, attempts in
            if response.status == .ok { return try await FileDownload.write(response.body, to: file) }
            let body = try await response.body.collect(upTo: ObjectTransport.answerLimit)
            return try self.absence(
                ObjectResponse(status: Int(response.status.code), headers: response.headers, body: body, attempts: attempts), "get", key)
        }
    }

    // MARK: Requests

    /// Signed anew for each attempt; once more when only the clocks or the keys were wrong.
    func send(
        _ operation: String, _ key: String, timeout: TimeAmount = .seconds(10), limit: Int = ObjectTransport.answerLimit,
        _ request: S3Request
    ) async throws -> ObjectResponse {
        let response = try await transport.send(operation, key, timeout: timeout, limit: limit) { try await self.sign(request) }
        guard response.status == 403 || response.status == 400 else { return response }
        switch S3Failure.code(response) {
        case "RequestTimeTooSkewed":
            clockOffset.withLock { $0 = response.time.milliseconds - UTCTime.now.milliseconds }
        case "ExpiredToken", "InvalidToken", "InvalidAccessKeyId": await credentials.discard()
        default: return response
        }
        return try await transport.send(operation, key, timeout: timeout, limit: limit) { try await self.sign(request) }
    }

    private func sign(_ request: S3Request) async throws -> HTTPClientRequest {
        let time = UTCTime(milliseconds: UTCTime.now.milliseconds + clockOffset.withLock { $0 })
        return try request.signed(configuration, credentials: try await credentials.credentials(), time: time)
    }

    // MARK: Answers

    /// Nil when the answer says that there is no such key; an error when it says anything else.
    private func absence<Value>(_ response: ObjectResponse, _ operation: String, _ key: String) throws -> Value? {
        if response.status == 404, S3Failure.code(response) == "NoSuchKey" { return nil }
        throw S3Failure.error(response, operation, key)
    }

    private func entityTag(_ response: ObjectResponse, _ operation: String, _ key: String) throws -> String {
        guard let tag = response.header("etag"), !tag.isEmpty else {
            throw ObjectStorageError.malformedAnswer(operation: operation, key: key, reason: "no entity tag")
        }
        return tag
    }
}
