import NIOCore
import Testing

@testable import ObjectStorage

/// Against a double that checks every signature.
@Suite struct AzureStorageTests {
    private func withAzure(_ body: @Sendable (AzureStorage, AzureDouble, HTTPDouble) async throws -> Void) async throws {
        let double = AzureDouble(account: "acc", key: SharedKeySignatureTests.key, container: "box")
        try await HTTPDouble.serving({ await double.answer($0) }) { server in
            let configuration = try AzureConfiguration(
                account: "acc", key: double.key, container: "box", endpoint: server.endpoint + "/acc")
            try await body(AzureStorage(configuration), double, server)
        }
    }

    @Test func `keeps blobs`() async throws {
        try await withAzure { storage, _, _ in try await ObjectStorageContract.keepsObjects(storage) }
    }
    @Test func `compares and swaps`() async throws {
        try await withAzure { storage, _, _ in try await ObjectStorageContract.comparesAndSwaps(storage) }
    }
    @Test func `lists page by page`() async throws {
        try await withAzure { storage, _, _ in try await ObjectStorageContract.lists(storage, count: 250) }
    }

    @Test(arguments: [0, 1000, (11 << 20) + 12345]) func `moves files of any size`(size: Int) async throws {
        try await withAzure { storage, _, _ in try await ObjectStorageContract.movesFiles(storage, size: size) }
    }

    @Test func `a conditional write whose answer was lost is known to have happened`() async throws {
        try await withAzure { storage, double, _ in
            await double.table.loseNext(1)
            let version = try #require(try await storage.put("k", ByteBuffer(string: "mine"), condition: .ifAbsent))
            #expect(try await storage.get("k", limit: 10) == StoredObject(bytes: ByteBuffer(string: "mine"), version: version))
        }
    }

    @Test func `a wrong key is an error, not an absent blob`() async throws {
        try await withAzure { _, double, server in
            let other = try AzureConfiguration(account: "acc", key: "b3RoZXI=", container: "box", endpoint: server.endpoint + "/acc")
            await #expect(throws: ObjectStorageError.refused(operation: "get", key: "k", status: 403, code: "AuthenticationFailed")) {
                try await AzureStorage(other).get("k", limit: 10)
            }
        }
    }

    @Test func `a container that is not there is an error, not an absent blob`() async throws {
        try await withAzure { _, double, server in
            let other = try AzureConfiguration(account: "acc", key: double.key, container: "nowhere", endpoint: server.endpoint + "/acc")
            await #expect(throws: ObjectStorageError.refused(operation: "get", key: "k", status: 404, code: "ContainerNotFound")) {
                try await AzureStorage(other).get("k", limit: 10)
            }
        }
    }
}
