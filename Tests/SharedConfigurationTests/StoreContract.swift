import SharedConfiguration
import Testing

/// What every store that hosts share promises, whatever holds it. Each host has a store value of its own.
enum StoreContract {
    static func keepsWhatIsStored(_ make: () throws -> any ConfigurationStore) async throws {
        let (one, two) = (try make(), try make())
        let empty = try await one.load()
        #expect(empty.text == nil)
        let first = try #require(try await one.store("a=1\n", replacing: empty.version))
        #expect(try await two.load() == first)
        #expect(first.text == "a=1\n")
        let second = try #require(try await two.store("a=2 é\n", replacing: first.version))
        #expect(second.version != first.version)
        #expect(try await one.load() == second)
    }

    static func refusesStaleVersions(_ make: () throws -> any ConfigurationStore) async throws {
        let (one, two) = (try make(), try make())
        let empty = try await one.load()
        let first = try #require(try await one.store("a=1\n", replacing: empty.version))
        #expect(try await two.store("late=1\n", replacing: empty.version) == nil)
        let second = try #require(try await one.store("a=2\n", replacing: first.version))
        #expect(try await two.store("late=2\n", replacing: first.version) == nil)
        #expect(try await two.load() == second)
    }

    /// Writers that add one to a number under no lock but compare and swap lose nothing.
    /// - stores: one per writer.
    static func losesNoUpdate(_ stores: [any ConfigurationStore], rounds: Int) async throws {
        _ = try #require(try await stores[0].store("0", replacing: try await stores[0].load().version))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores {
                group.addTask {
                    for _ in 0..<rounds {
                        while true {
                            let current = try await store.load()
                            let number = try #require(current.text.flatMap { Int($0) })
                            if try await store.store("\(number + 1)", replacing: current.version) != nil { break }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await stores[0].load().text == "\(stores.count * rounds)")
    }

    static func knowsCandidates(_ make: () throws -> any ConfigurationStore) async throws {
        let (one, two) = (try make(), try make())
        #expect(try await one.candidates(within: .seconds(60)) == [])
        try await one.announce("host-b")
        try await two.announce("host-a")
        try await two.announce("host-a")
        #expect(try await one.candidates(within: .seconds(60)) == ["host-a", "host-b"])
    }

    static func locksOutOthers(_ make: () throws -> any ConfigurationStore) async throws {
        let (one, two) = (try make(), try make())
        let lock = try #require(try await one.lock(owner: "host-a", wait: .seconds(40)))
        #expect(try await two.lock(owner: "host-b", wait: .milliseconds(600)) == nil)
        await lock.release()
        let other = try #require(try await two.lock(owner: "host-b", wait: .seconds(40)))
        await other.release()
    }

    // Stores over one thing that they share.

    static func keepsWhatIsStored<Shared>(sharing shared: Shared, _ make: (Shared) -> any ConfigurationStore) async throws {
        try await keepsWhatIsStored { make(shared) }
    }

    static func refusesStaleVersions<Shared>(sharing shared: Shared, _ make: (Shared) -> any ConfigurationStore) async throws {
        try await refusesStaleVersions { make(shared) }
    }

    static func knowsCandidates<Shared>(sharing shared: Shared, _ make: (Shared) -> any ConfigurationStore) async throws {
        try await knowsCandidates { make(shared) }
    }
}
