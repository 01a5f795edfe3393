import ClusterState
import EnsembleTesting
import FoundationEssentials
import Logging
import SharedConfiguration
import Testing
import ZooKeeper

@Suite(.serialized) struct ZooKeeperStoreTests {
    private static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .error
        return logger
    }()

    private static func client(_ ensemble: TestEnsemble) -> ZooKeeperClient {
        ZooKeeperClient(servers: ensemble.servers, sessionTimeout: .seconds(4), operationTimeout: .seconds(20), logger: quiet)
    }

    /// Stores of different hosts, all running while the body does.
    private func withStores(
        _ count: Int, zpath: String = "/exhibitor", in ensemble: TestEnsemble, _ body: @Sendable ([ZooKeeperStore]) async throws -> Void
    ) async throws {
        let stores = (0..<count).map { _ in ZooKeeperStore(client: Self.client(ensemble), zpath: zpath, logger: Self.quiet) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores { group.addTask { try await store.run() } }
            defer { group.cancelAll() }
            try await body(stores)
        }
    }

    @Test func `keeps, compares, counts candidates and locks like every shared store`() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            for (number, contract) in [
                StoreContract.keepsWhatIsStored, StoreContract.refusesStaleVersions, StoreContract.knowsCandidates,
                StoreContract.locksOutOthers,
            ].enumerated() {
                try await withStores(2, zpath: "/e\(number)", in: ensemble) { stores async throws in
                    var rest = stores
                    try await contract { rest.removeLast() }
                }
            }
        }
    }

    @Test func `an absent configuration has version -1, and -1 never replaces one that is there`() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withStores(1, in: ensemble) { stores async throws in
                let store = stores[0]
                #expect(try await store.load() == StoredConfiguration(text: nil, version: "-1"))
                #expect(try await store.store("a=1", replacing: "-1") == StoredConfiguration(text: "a=1", version: "0"))
                #expect(try await store.store("a=2", replacing: "-1") == nil)
                #expect(try await store.store("a=2", replacing: "-2") == nil)
                #expect(try await store.load().text == "a=1")
                #expect(try await store.store("a=2", replacing: "0") == StoredConfiguration(text: "a=2", version: "1"))
            }
        }
    }

    @Test func `a configuration that vanishes under a running host is an error`() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withStores(1, in: ensemble) { stores async throws in
                _ = try await stores[0].store("a=1", replacing: "-1")
                _ = try await stores[0].load()
                let other = Self.client(ensemble)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await other.run() }
                    try await other.delete(SharedConfigurationPaths(root: "/exhibitor").config)
                    group.cancelAll()
                }
                await #expect(throws: ConfigurationStoreError.vanished(store: stores[0].summary)) { try await stores[0].load() }
                #expect(try await stores[0].store("a=2", replacing: "0") == nil)
            }
        }
    }

    @Test func `racing writers lose no update`() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withStores(5, in: ensemble) { stores async throws in
                try await StoreContract.losesNoUpdate(stores, rounds: 20)
            }
        }
    }

    @Test func `a candidate goes with its session`() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withStores(1, in: ensemble) { stores async throws in
                try await withStores(1, in: ensemble) { others in
                    try await others[0].announce("guest")
                    #expect(try await stores[0].candidates(within: .seconds(60)) == ["guest"])
                }
                let deadline = ContinuousClock.now + .seconds(20)
                while try await stores[0].candidates(within: .seconds(60)) != [] {
                    try #require(ContinuousClock.now < deadline)
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        }
    }

    @Test func `an ensemble that is away is an error, and works again when it is back`() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let client = ZooKeeperClient(
                servers: ensemble.servers, sessionTimeout: .seconds(4), operationTimeout: .seconds(2), logger: Self.quiet)
            let store = ZooKeeperStore(client: client, zpath: "/exhibitor", logger: Self.quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await store.run() }
                defer { group.cancelAll() }
                _ = try #require(try await store.store("a=1", replacing: "-1"))
                await ensemble.kill(serverIndex: 0)
                await #expect(throws: ConfigurationStoreError.self) { try await store.load() }
                try await ensemble.restart(serverIndex: 0)
                try await client.waitUntilConnected(timeout: .seconds(30))
                #expect(try await store.load().text == "a=1")
            }
        }
    }
}
