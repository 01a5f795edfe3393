import NIOCore
import ObjectStorage
import ObjectStorageTesting
import SharedConfiguration
import Testing

/// The command line's options against moto's server.
@Suite(.serialized, .enabled(if: MotoServer.program != nil, Comment(rawValue: MotoServer.absence)))
struct S3StoreTests {
    private func makeStore() async throws -> @Sendable () throws -> any ConfigurationStore {
        let bucket = "bucket-\(UInt32.random(in: 0 ... .max))"
        let endpoint = try await MotoServer.shared().makeBucket(bucket)
        let directory = try TemporaryDirectory()
        try directory.write(
            "credentials",
            """
            com.netflix.exhibitor.s3.access-key-id=test
            com.netflix.exhibitor.s3.access-secret-key=secret
            com.netflix.exhibitor.s3.endpoint=\(endpoint)
            """)
        var options = ConfigurationStoreOptions(configtype: "s3")
        options.s3config = "\(bucket):dcos/exhibitor"
        options.s3region = "eu-west-1"
        options.s3credentials = directory.path + "/credentials"
        return { [options, directory] in
            _ = directory
            return try options.makeStore()
        }
    }

    @Test func `keeps what is stored`() async throws { try await StoreContract.keepsWhatIsStored(try await makeStore()) }
    @Test func `a stale version changes nothing`() async throws { try await StoreContract.refusesStaleVersions(try await makeStore()) }
    @Test func `hosts that announce themselves are candidates`() async throws {
        try await StoreContract.knowsCandidates(try await makeStore())
    }
    @Test func `the lock has one owner`() async throws { try await StoreContract.locksOutOthers(try await makeStore()) }

    @Test func `racing writers lose no update`() async throws {
        let make = try await makeStore()
        try await StoreContract.losesNoUpdate(try (0..<3).map { _ in try make() }, rounds: 10)
    }
}
