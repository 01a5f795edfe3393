import FoundationEssentials
import NIOCore
import NIOHTTP1
import ObjectStorageTesting
import Testing

@testable import ObjectStorage

/// Against moto's server.
@Suite(.serialized, .enabled(if: MotoServer.program != nil, Comment(rawValue: MotoServer.absence)))
struct S3StorageTests {
    private static let credentials = S3Credentials(accessKeyID: "test", secretAccessKey: "secret")

    /// A bucket of its own.
    private func makeBucket() async throws -> S3Storage {
        let storage = S3Storage(
            S3Configuration(
                bucket: "bucket-\(UInt32.random(in: 0 ... .max))", endpoint: try await MotoServer.shared().endpoint,
                credentials: .fixed(Self.credentials)))
        let response = try await storage.send("create bucket", "", S3Request(method: .PUT, key: nil))
        try #require(response.isSuccess)
        return storage
    }

    @Test func `keeps objects`() async throws { try await ObjectStorageContract.keepsObjects(try await makeBucket()) }
    @Test func `compares and swaps`() async throws { try await ObjectStorageContract.comparesAndSwaps(try await makeBucket()) }

    @Test func `lists more objects than fit in one page`() async throws {
        try await ObjectStorageContract.lists(try await makeBucket(), count: 1005)
    }

    @Test(arguments: [0, 1000, 5 << 20, (5 << 20) + 1, (11 << 20) + 12345]) func `moves files of any size`(size: Int) async throws {
        try await ObjectStorageContract.movesFiles(try await makeBucket(), size: size)
    }

    @Test func `an upload that fails half-way leaves nothing behind`() async throws {
        struct Stop: Error {}
        let storage = try await makeBucket()
        let directory = try TemporaryDirectory()
        try Data(count: 11 << 20).write(to: URL(filePath: directory.path + "/up"))
        await #expect(throws: Stop.self) { try await storage.upload(file: directory.path + "/up", to: "big") { _ in throw Stop() } }
        #expect(try await storage.get("big", limit: 100) == nil)
        var request = S3Request(method: .GET, key: nil)
        request.query = [("uploads", "")]
        let uploads = try await storage.send("list uploads", "", request)
        #expect(try XMLReader.read(uploads.body.readableBytesView).all("Upload").isEmpty)
    }

    @Test func `a bucket that is not there is an error, not an absent object`() async throws {
        let storage = S3Storage(
            S3Configuration(bucket: "nowhere", endpoint: try await MotoServer.shared().endpoint, credentials: .fixed(Self.credentials)))
        let missing = { (operation: String, key: String) in
            ObjectStorageError.refused(operation: operation, key: key, status: 404, code: "NoSuchBucket")
        }
        await #expect(throws: missing("get", "k")) { try await storage.get("k", limit: 10) }
        await #expect(throws: missing("put", "k")) { try await storage.put("k", ByteBuffer(string: "x"), condition: .ifAbsent) }
        await #expect(throws: missing("list", "k")) { try await storage.list(prefix: "k") }
    }
}
