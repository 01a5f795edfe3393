import EnsembleBackup
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import ObjectStorageTesting
import Testing

@testable import Exhibitor
@testable import ObjectStorage

/// What every store must do.
enum BackupDestinationContract {
    static func holds(_ destination: any BackupDestination, in fixture: BackupFixture) async throws {
        #expect(try await destination.list().isEmpty)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 11) }
        try fixture.write("source", bytes)
        let first = BackupEntry(name: "log.1", modified: 1000)
        let second = BackupEntry(name: "log.1", modified: 2000)
        let snapshot = BackupEntry(name: "snapshot.a", modified: 1500)
        for entry in [first, second, snapshot] {
            let size = try await destination.store(entry, from: fixture.root + "/source")
            #expect(try await destination.list().first { $0.entry == entry }?.bytes == size)
        }
        // Again, as another member would.
        _ = try await destination.store(second, from: fixture.root + "/source")
        try await destination.delete(first)
        try await destination.delete(first)
        #expect(Set(try await destination.list().map(\.entry)) == [second, snapshot])

        let fetched = fixture.root + "/fetched"
        try await destination.fetch(second, to: fetched)
        let isTheSame = FileManager.default.contents(atPath: fetched) == Data(bytes)
        #expect(isTheSame)
        #expect(try Files.names(in: fixture.root).filter { $0.hasPrefix("fetched") } == ["fetched"])
        await #expect(throws: (any Error).self) { try await destination.fetch(first, to: fixture.root + "/other") }
    }
}

@Suite struct FileSystemDestinationTests {
    @Test func aDirectoryHoldsBackups() async throws {
        let fixture = try BackupFixture()
        try await BackupDestinationContract.holds(FileSystemDestination(directory: fixture.root + "/store"), in: fixture)
    }

    @Test func theLayoutIsThatOfTheContract() async throws {
        let fixture = try BackupFixture()
        let destination = FileSystemDestination(directory: fixture.root + "/new/store")
        try fixture.writeLog("log.1")
        _ = try await destination.store(
            BackupEntry(name: "log.1", modified: 1_460_000_000_000), from: fixture.root + "/log/version-2/log.1")
        #expect(Files.kind(fixture.root + "/new/store/log.1/1460000000000") == .file)
        try await destination.delete(BackupEntry(name: "log.1", modified: 1_460_000_000_000))
        #expect(try Files.names(in: fixture.root + "/new/store").isEmpty)
    }

    @Test func whatIsNotOursIsNotListed() async throws {
        let fixture = try BackupFixture()
        for path in ["store/log.1/1000", "store/log.1/.2000.partial-x", "store/log.1/notes", "store/README", "store/other/1"] {
            try Files.makeDirectory(Files.parent(of: fixture.root + "/" + path))
            try fixture.write(path, [1])
        }
        let destination = FileSystemDestination(directory: fixture.root + "/store")
        #expect(try await destination.list().map(\.entry) == [BackupEntry(name: "log.1", modified: 1000)])
    }

    @Test func aFileThatCannotBeReadLeavesNothing() async throws {
        let fixture = try BackupFixture()
        let destination = FileSystemDestination(directory: fixture.root + "/store")
        await #expect(throws: BackupError.self) {
            try await destination.store(BackupEntry(name: "log.1", modified: 1), from: fixture.root + "/missing")
        }
        #expect(try await destination.list().isEmpty)
    }
}

/// Against moto's server.
@Suite(.serialized, .enabled(if: MotoServer.program != nil, Comment(rawValue: MotoServer.absence)))
struct ObjectStorageDestinationTests {
    private func makeBucket() async throws -> S3Storage {
        let storage = S3Storage(
            S3Configuration(
                bucket: "backups-\(UInt32.random(in: 0 ... .max))", endpoint: try await MotoServer.shared().endpoint,
                credentials: .fixed(S3Credentials(accessKeyID: "test", secretAccessKey: "secret"))))
        let response = try await storage.send("create bucket", "", S3Request(method: .PUT, key: nil))
        try #require(response.isSuccess)
        return storage
    }

    @Test func aBucketHoldsBackups() async throws {
        let fixture = try BackupFixture()
        try await BackupDestinationContract.holds(
            ObjectStorageDestination(storage: try await makeBucket(), prefix: "exhibitor-backup"), in: fixture)
    }

    @Test func theKeysAreThoseOfTheContract() async throws {
        let fixture = try BackupFixture()
        let storage = try await makeBucket()
        try fixture.writeLog("log.1")
        let destination = ObjectStorageDestination(storage: storage, prefix: "a/b")
        _ = try await destination.store(
            BackupEntry(name: "log.1", modified: 1_460_000_000_000), from: fixture.root + "/log/version-2/log.1")
        #expect(try await storage.list(prefix: "").entries.map(\.key) == ["a_b/log.1/1460000000000"])
    }

    @Test func aLargeFileGoesInParts() async throws {
        let fixture = try BackupFixture()
        let destination = ObjectStorageDestination(storage: try await makeBucket(), prefix: "p")
        try fixture.writeNoise("source", count: 12_000_000)
        let entry = BackupEntry(name: "snapshot.1", modified: 1)
        let size = try await destination.store(entry, from: fixture.root + "/source")
        #expect(size > 10 << 20)
        try await destination.fetch(entry, to: fixture.root + "/fetched")
        #expect(try OpenFile(reading: fixture.root + "/fetched").information().size == 12_000_000)
    }

    @Test func theServiceBacksUpToABucketAndPrunesIt() async throws {
        let fixture = try BackupFixture(maxStoreMs: 600)
        try fixture.writeLog("log.1")
        try fixture.writeLog("log.5")
        let destination = ObjectStorageDestination(storage: try await makeBucket(), prefix: "p")
        let service = fixture.service(.s3, switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { try await service.stored().map(\.entry.name).sorted() == ["log.1", "log.5"] }
            try fixture.writeSnapshot("snapshot.7")
            #expect(unlink(fixture.root + "/log/version-2/log.1") == 0)
            try await BackupFixture.wait { try await service.stored().map(\.entry.name).sorted() == ["log.5", "snapshot.7"] }
            #expect(service.state.values.destination?.hasSuffix("/p") ?? false)
        }
    }

    @Test func aMissingBucketIsToldAfterTheRetries() async throws {
        let fixture = try BackupFixture()
        try fixture.writeLog("log.1")
        let storage = S3Storage(
            S3Configuration(
                bucket: "nowhere", endpoint: try await MotoServer.shared().endpoint,
                credentials: .fixed(S3Credentials(accessKeyID: "test", secretAccessKey: "secret"))))
        var destination = ObjectStorageDestination(storage: storage, prefix: "p")
        destination.maximumRetries = 1
        destination.retryPause = .milliseconds(10)
        let service = fixture.service(.s3, switches: await fixture.switches(), destination: destination)
        try await BackupFixture.running(service) {
            try await BackupFixture.wait { service.state.values.lastError?.contains("NoSuchBucket") ?? false }
        }
    }
}
