import CryptoExtras
import NIOCore
import Testing

@testable import ObjectStorage

/// Against a double that verifies the signed statement of the service account.
@Suite struct GCSStorageTests {
    private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    private func withGCS(_ body: @Sendable (GCSStorage, GCSDouble, HTTPDouble) async throws -> Void) async throws {
        let key = try Self.key.get()
        let double = GCSDouble(bucket: "buck.et", email: "robot@example.com", publicKey: key.publicKey)
        try await HTTPDouble.serving({ await double.answer($0) }) { server in
            let account = GCSServiceAccount(
                email: "robot@example.com", privateKey: key.pemRepresentation, tokenURL: server.endpoint + "/token")
            let configuration = GCSConfiguration(bucket: "buck.et", credentials: .serviceAccount(account), endpoint: server.endpoint)
            try await body(GCSStorage(configuration), double, server)
        }
    }

    @Test func `keeps objects`() async throws {
        try await withGCS { storage, _, _ in try await ObjectStorageContract.keepsObjects(storage) }
    }
    @Test func `compares and swaps`() async throws {
        try await withGCS { storage, _, _ in try await ObjectStorageContract.comparesAndSwaps(storage) }
    }
    @Test func `lists page by page`() async throws {
        try await withGCS { storage, _, _ in try await ObjectStorageContract.lists(storage, count: 250) }
    }

    @Test(arguments: [0, 1000, (11 << 20) + 12345]) func `moves files of any size`(size: Int) async throws {
        try await withGCS { storage, _, _ in try await ObjectStorageContract.movesFiles(storage, size: size) }
    }

    @Test func `one token serves many requests`() async throws {
        try await withGCS { storage, _, server in
            for _ in 0..<5 { _ = try await storage.get("k", limit: 10) }
            #expect(server.requests.count { $0.path == "/token" } == 1)
        }
    }

    @Test func `a conditional write whose answer was lost is known to have happened`() async throws {
        try await withGCS { storage, double, _ in
            _ = try await storage.get("k", limit: 10)
            await double.table.loseNext(1)
            let version = try #require(try await storage.put("k", ByteBuffer(string: "mine"), condition: .ifAbsent))
            #expect(try await storage.get("k", limit: 10) == StoredObject(bytes: ByteBuffer(string: "mine"), version: version))
        }
    }

    @Test func `a bucket that is not there is an error, not an absent object`() async throws {
        try await withGCS { storage, _, server in
            let other = GCSConfiguration(bucket: "nowhere", credentials: storage.configuration.credentials, endpoint: server.endpoint)
            await #expect(throws: ObjectStorageError.self) { try await GCSStorage(other).get("k", limit: 10) }
        }
    }

    @Test func `a key that Google does not know is an error that says so`() async throws {
        try await withGCS { storage, _, server in
            let stranger = GCSServiceAccount(
                email: "robot@example.com", privateKey: try _RSA.Signing.PrivateKey(keySize: .bits2048).pemRepresentation,
                tokenURL: server.endpoint + "/token")
            let other = GCSConfiguration(bucket: "buck.et", credentials: .serviceAccount(stranger), endpoint: server.endpoint)
            await #expect(throws: ObjectStorageError.credentials(reason: #"no access token: 400 {"error":"invalid_grant"}"#)) {
                try await GCSStorage(other).get("k", limit: 10)
            }
        }
    }

    @Test func `text that is no key is an error that says so`() {
        let account = GCSServiceAccount(email: "robot", privateKey: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
        #expect(throws: ObjectStorageError.credentials(reason: "the private key of robot is no RSA key in PEM form")) {
            try TokenRequest(account: account, time: .now).assertion()
        }
    }

    @Test func `reads the key file that Google hands out`() {
        let text = #"{"type":"service_account","client_email":"a@b","private_key":"PEM","token_uri":"https://t/x","extra":1}"#
        #expect(GCSServiceAccount(json: text) == GCSServiceAccount(email: "a@b", privateKey: "PEM", tokenURL: "https://t/x"))
        #expect(GCSServiceAccount(json: "a=b") == nil)
    }
}
