import EnsembleModel
import SharedConfiguration
import Testing

@Suite struct FixedStoreTests {
    @Test func `a static store forces its servers and turns automatic management off`() async throws {
        let store = StaticStore(servers: ServerList(parsing: "1:a,2:b,O:3:c"))
        var defaults = InstanceConfiguration()
        defaults.autoManageInstances = true
        defaults.servers = ServerList(parsing: "9:z")
        defaults.checkMs = 2000
        let stored = try await store.load()
        let collection = ConfigurationCollection(properties: JavaProperties(parsing: try #require(stored.text)), defaults: defaults)
        #expect(collection.current.servers.description == "1:a,2:b,O:3:c")
        #expect(!collection.current.autoManageInstances)
        #expect(collection.current.checkMs == 2000)
        #expect(stored.version == "0")
        #expect(store.traits.isFixed)
    }

    @Test func `a static store refuses to be changed and grants its lock`() async throws {
        let store = StaticStore(servers: ServerList(parsing: "1:a"))
        await #expect(throws: ConfigurationStoreError.fixed(store: "static 1:a")) { try await store.store("x=1", replacing: "0") }
        let lock = try #require(try await store.lock(owner: "a", wait: .zero))
        await lock.release()
        #expect(try await store.candidates(within: .seconds(1)) == [])
    }

    @Test func `a standalone store makes its directory and keeps what is stored`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/own"
        try await StoreContract.keepsWhatIsStored { NoneStore(directory: path) }
        #expect(NoneStore(directory: path).traits.isStandalone)
    }
}
