import EnsembleTesting
import FoundationEssentials
import Testing

@testable import ZooKeeper

@Suite("Watches", .serialized)
struct WatchTests {
    @Test("a watched node is told with its creation, every last change, its deletion, across a lost connection and an expiry")
    func lastChangeIsNeverLost() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers, sessionTimeout: .seconds(10)) { watcher in
                try await withClient(ensemble.servers, sessionTimeout: .seconds(10)) { writer in
                    var values = watcher.watchData("/n").makeAsyncIterator()
                    #expect(try await #require(await values.next()) == nil)
                    try await writer.create("/n", Data("0".utf8))
                    for round in 1...300 { try await writer.set("/n", Data("\(round)".utf8)) }
                    try await take(&values, until: "300")

                    await ensemble.kill(serverIndex: 0)
                    try await ensemble.restart(serverIndex: 0)
                    try await writer.set("/n", Data("after the restart".utf8))
                    try await take(&values, until: "after the restart")

                    try await watcher.expire()
                    try await writer.set("/n", Data("after the expiry".utf8))
                    try await take(&values, until: "after the expiry")

                    try await writer.delete("/n")
                    while let value = await values.next(), value != nil {}
                    try await writer.create("/n", Data("again".utf8))
                    try await take(&values, until: "again")
                }
            }
        }
    }

    private func take(_ values: inout AsyncStream<(data: Data, stat: Stat)?>.AsyncIterator, until text: String) async throws {
        while let value = await values.next() {
            if value?.data == Data(text.utf8) { return }
        }
        Issue.record("the sequence ended before \(text)")
    }

    @Test("children are told as they come and go, and the parent may appear later")
    func children() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { client in
                var lists = client.watchChildren("/p").makeAsyncIterator()
                #expect(try await #require(await lists.next()) == nil)
                try await client.create("/p")
                for index in 0..<50 { try await client.create("/p/\(index)") }
                while let list = await lists.next(), (list ?? []).count < 50 {}
                try await client.deleteSubtree("/p")
                while let list = await lists.next(), list != nil {}
            }
        }
    }

    @Test("a cancelled watcher ends, and the watches of a session are counted in bytes")
    func cancellation() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { client in
                try await client.create("/n")
                let task = Task {
                    var count = 0
                    for await _ in client.watchData("/n") { count += 1 }
                    return count
                }
                try await eventually("the watch is set") { client.watchedBytes == "/n".utf8.count + 4 }
                task.cancel()
                #expect(await task.value == 1)
                try await client.set("/n", Data("x".utf8))
                try await eventually("the watch has fired") { client.watchedBytes == 0 }
            }
        }
    }
}
