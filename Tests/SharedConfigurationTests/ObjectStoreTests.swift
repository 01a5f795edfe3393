import NIOCore
import ObjectStorage
import ObjectStorageTesting
import SharedConfiguration
import Testing

@Suite struct ObjectStoreTests {
    private func store(_ storage: MemoryStorage, foreign: [String] = []) -> ObjectStore<MemoryStorage> {
        ObjectStore(storage, key: "cluster/config", foreignLockPrefixes: foreign)
    }

    @Test func `keeps, compares, counts candidates and loses no update`() async throws {
        try await StoreContract.keepsWhatIsStored(sharing: MemoryStorage()) { store($0) }
        try await StoreContract.refusesStaleVersions(sharing: MemoryStorage()) { store($0) }
        try await StoreContract.knowsCandidates(sharing: MemoryStorage()) { store($0) }
        let storage = MemoryStorage()
        try await StoreContract.losesNoUpdate((0..<4).map { _ in store(storage) }, rounds: 25)
        #expect(storage.keys == ["cluster/config"])
    }

    @Test func `the lock has one owner, whose key has the prefix of the original`() async throws {
        let storage = MemoryStorage()
        let lock = try #require(try await store(storage).lock(owner: "host-a", wait: .seconds(40)))
        #expect(storage.keys.count == 1)
        #expect(storage.keys.allSatisfy { $0.hasPrefix("exhibitor--lock-_") })
        #expect(try await store(storage).lock(owner: "host-b", wait: .milliseconds(300)) == nil)
        await lock.release()
        #expect(storage.keys == [])
    }

    @Test func `a lock of an older version under another prefix is waited for`() async throws {
        let storage = MemoryStorage()
        _ = try await storage.put("null-lock-_1_old", ByteBuffer(string: "old"), condition: .always)
        #expect(try await store(storage, foreign: ["null-lock-"]).lock(owner: "new", wait: .seconds(6)) == nil)
        storage.moveClock(16 * 60 * 1000)
        let lock = try #require(try await store(storage, foreign: ["null-lock-"]).lock(owner: "new", wait: .seconds(6)))
        #expect(!storage.keys.contains("null-lock-_1_old"))
        await lock.release()
    }

    @Test(arguments: [MemoryStorage.Weakness.refusesConditions, .ignoresConditions])
    func `a service without conditional writes is found out, and versions are compared under a lock`(weakness: MemoryStorage.Weakness)
        async throws
    {
        let storage = MemoryStorage(weakness)
        let (one, two) = (store(storage), store(storage))
        let empty = try await one.load()
        // Both read the same version; one of them may store.
        async let first = one.store("a=1", replacing: empty.version)
        async let second = two.store("a=2", replacing: empty.version)
        let stored = try await [first, second].compactMap { $0 }
        #expect(stored.count == 1)
        #expect(try await one.load() == stored.first)
        #expect(storage.keys == ["cluster/config"])
    }

    @Test func `access denied means absent only to those who may not list`() async throws {
        #expect(try await store(MemoryStorage(.deniesAbsent(mayList: false))).load() == StoredConfiguration(text: nil, version: "0"))
        await #expect(throws: ConfigurationStoreError.self) { try await store(MemoryStorage(.deniesAbsent(mayList: true))).load() }
    }

    @Test func `access denied after content was seen is an error`() async throws {
        let storage = MemoryStorage()
        let store = store(storage)
        _ = try await store.store("a=1", replacing: "0")
        _ = try await store.load()
        try await storage.delete("cluster/config")
        storage.set(.deniesAbsent(mayList: false))
        await #expect(throws: ConfigurationStoreError.vanished(store: store.summary)) { try await store.load() }
    }

    @Test func `a service that is away is an error`() async throws {
        let store = store(MemoryStorage(.isAway))
        await #expect(throws: ConfigurationStoreError.self) { try await store.load() }
        await #expect(throws: ConfigurationStoreError.self) { try await store.store("a=1", replacing: "0") }
        await #expect(throws: ConfigurationStoreError.self) { try await store.announce("host") }
        await #expect(throws: ConfigurationStoreError.self) { try await store.lock(owner: "host", wait: .seconds(1)) }
    }

    @Test func `an empty object is an absent configuration that can be replaced`() async throws {
        let storage = MemoryStorage()
        _ = try await storage.put("cluster/config", ByteBuffer(), condition: .always)
        let empty = try await store(storage).load()
        #expect(empty.text == nil)
        #expect(try await store(storage).store("a=1", replacing: "0") == nil)
        #expect(try await store(storage).store("a=1", replacing: empty.version) != nil)
    }

    @Test func `a candidate that is silent for too long is none`() async throws {
        let storage = MemoryStorage()
        try await store(storage).announce("old")
        storage.moveClock(120_000)
        try await store(storage).announce("new")
        #expect(try await store(storage).candidates(within: .seconds(60)) == ["new"])
    }
}
