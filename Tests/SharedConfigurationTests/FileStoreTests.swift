import FoundationEssentials
import SharedConfiguration
import Testing

@Suite struct FileStoreTests {
    @Test func `what one host stores the other reads`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        try await StoreContract.keepsWhatIsStored { FileStore(directory: path) }
        #expect(try directory.read("exhibitor.properties") == "a=2 é\n")
    }

    @Test func `a stale version changes nothing`() async throws {
        let path = try TemporaryDirectory()
        try await StoreContract.refusesStaleVersions { FileStore(directory: path.path) }
    }

    @Test func `racing writers lose no update`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        try await StoreContract.losesNoUpdate((0..<4).map { _ in FileStore(directory: path) }, rounds: 25)
        // Neither temporary files nor anything else is left.
        #expect(directory.names == [".exhibitor.properties.lock", "exhibitor.properties"])
    }

    @Test func `hosts that announce themselves are candidates`() async throws {
        let directory = try TemporaryDirectory()
        try await StoreContract.knowsCandidates { FileStore(directory: directory.path) }
    }

    @Test func `a candidate that is silent for too long is none`() async throws {
        let directory = try TemporaryDirectory()
        let store = FileStore(directory: directory.path)
        try await store.announce("old")
        try await store.announce("new")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -120)],
            ofItemAtPath: directory.path + "/.exhibitor.properties.candidate-old")
        #expect(try await store.candidates(within: .seconds(60)) == ["new"])
        #expect(try await store.candidates(within: .seconds(600)) == ["new", "old"])
    }

    @Test func `the lock has one owner, whose key is a file with his name`() async throws {
        let directory = try TemporaryDirectory()
        try await StoreContract.locksOutOthers { FileStore(directory: directory.path) }
        #expect(directory.names.filter { $0.hasPrefix("exhibitor-lock-") } == [])
    }

    @Test func `a key that a dead host left long ago is deleted`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("exhibitor-lock-_1_dead", "gone")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -16 * 60)], ofItemAtPath: directory.path + "/exhibitor-lock-_1_dead")
        let store = FileStore(directory: directory.path)
        let lock = try #require(try await store.lock(owner: "host", wait: .seconds(40)))
        #expect(!directory.names.contains("exhibitor-lock-_1_dead"))
        await lock.release()
    }

    @Test func `a share that is not there is an error, not an absent configuration`() async throws {
        let directory = try TemporaryDirectory()
        let store = FileStore(directory: directory.path + "/not-mounted")
        await #expect(throws: ConfigurationStoreError.self) { try await store.load() }
        await #expect(throws: ConfigurationStoreError.self) { try await store.store("a=1", replacing: "0") }
        await #expect(throws: ConfigurationStoreError.self) { try await store.announce("host") }
        #expect(directory.names == [])
    }

    @Test func `a configuration that vanishes under a running host is an error`() async throws {
        let directory = try TemporaryDirectory()
        let store = FileStore(directory: directory.path)
        let first = try #require(try await store.store("a=1", replacing: try await store.load().version))
        _ = try await store.load()
        // What an unmounted share looks like: the directory below the mount point.
        try FileManager.default.removeItem(atPath: directory.path + "/exhibitor.properties")
        await #expect(throws: ConfigurationStoreError.vanished(store: store.summary)) { try await store.load() }
        #expect(try await store.store("a=2", replacing: first.version) == nil)
        #expect(!directory.names.contains("exhibitor.properties"))
    }

    @Test func `an empty file is an absent configuration that can be replaced`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("exhibitor.properties", "")
        let store = FileStore(directory: directory.path)
        let empty = try await store.load()
        #expect(empty.text == nil)
        #expect(try await store.store("a=1", replacing: "0") == nil)
        #expect(try await store.store("a=1", replacing: empty.version) != nil)
    }

    @Test func `a file that is no text is an error`() async throws {
        let directory = try TemporaryDirectory()
        try Data([0xff, 0xfe, 0x00]).write(to: URL(filePath: directory.path + "/exhibitor.properties"))
        await #expect(throws: ConfigurationStoreError.self) { try await FileStore(directory: directory.path).load() }
    }

    @Test func `replacing keeps the mode of the file`() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("exhibitor.properties", "a=1")
        let path = directory.path + "/exhibitor.properties"
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let store = FileStore(directory: directory.path)
        _ = try #require(try await store.store("a=2", replacing: try await store.load().version))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
