import Testing

@testable import MesosAgent

@Suite("What the fetcher's cache holds") struct FetchCacheIndexTests {
    private func key(_ uri: String, user: UInt32 = 0) -> FetchCacheIndex.Key { .init(user: user, uri: uri) }

    /// Fetched, and not in use any more.
    private func add(_ uri: String, _ size: Int, to index: inout FetchCacheIndex) {
        guard case .fetch = index.claim(key(uri), size: size) else {
            Issue.record("no room for \(uri)")
            return
        }
        _ = index.complete(key(uri), size: size)
        _ = index.release(key(uri))
    }

    @Test func `the first fetches, others wait, then all have it`() {
        var index = FetchCacheIndex(capacity: 100)
        #expect(index.claim(key("a"), size: 10) == .fetch(name: "c1", evicted: []))
        #expect(index.claim(key("a"), size: nil) == .wait)
        _ = index.complete(key("a"), size: 10)
        #expect(index.claim(key("a"), size: nil) == .ready(name: "c1"))
    }

    @Test func `what one user fetched is not another's`() {
        var index = FetchCacheIndex(capacity: 100)
        add("a", 10, to: &index)
        #expect(index.claim(key("a", user: 7), size: 10) == .fetch(name: "c2", evicted: []))
    }

    @Test func `the least recently used goes first`() {
        var index = FetchCacheIndex(capacity: 30)
        for uri in ["a", "b", "c"] { add(uri, 10, to: &index) }
        #expect(index.claim(key("a"), size: nil) == .ready(name: "c1"))
        _ = index.release(key("a"))
        #expect(index.claim(key("d"), size: 15) == .fetch(name: "c4", evicted: ["c2", "c3"]))
        #expect(index.size == 25)
    }

    @Test func `what is in use stays, and what does not fit beside it is not cached`() {
        var index = FetchCacheIndex(capacity: 20)
        #expect(index.claim(key("a"), size: 15) == .fetch(name: "c1", evicted: []))
        _ = index.complete(key("a"), size: 15)
        #expect(index.claim(key("b"), size: 10) == .bypass)
        #expect(index.claim(key("c"), size: 21) == .bypass && index.claim(key("c"), size: nil) == .bypass)
        _ = index.release(key("a"))
        #expect(index.claim(key("b"), size: 10) == .fetch(name: "c2", evicted: ["c1"]))
    }

    @Test func `a failed fetch leaves nothing`() {
        var index = FetchCacheIndex(capacity: 20)
        _ = index.claim(key("a"), size: 15)
        #expect(index.abandon(key("a")) == ["c1"])
        #expect(index.size == 0 && index.entries.isEmpty)
    }

    @Test func `what is larger than announced goes when nobody uses it`() {
        var index = FetchCacheIndex(capacity: 20)
        _ = index.claim(key("a"), size: 5)
        #expect(index.complete(key("a"), size: 50) == [])
        #expect(index.release(key("a")) == ["c1"])
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func `idle entries never exceed the capacity, entries in use never go`(seed: UInt64) {
        var random = SystemOrSeededGenerator(seed: seed)
        var index = FetchCacheIndex(capacity: 50)
        var used: [FetchCacheIndex.Key: Int] = [:]
        for _ in 0..<400 {
            let key = key("u\(Int.random(in: 0..<8, using: &random))")
            if let count = used[key], count > 0, Bool.random(using: &random) {
                _ = index.release(key)
                used[key] = count - 1
                continue
            }
            switch index.claim(key, size: Int.random(in: 0...30, using: &random)) {
            case .fetch:
                _ = index.complete(key, size: index.entries[key]?.size ?? 0)
                used[key] = 1
            case .ready: used[key, default: 0] += 1
            case .wait, .bypass: break
            }
            #expect(index.size <= 50, "seed \(seed)")
            #expect(used.allSatisfy { $0.value == 0 || index.entries[$0.key]?.users == $0.value }, "seed \(seed)")
        }
    }
}
