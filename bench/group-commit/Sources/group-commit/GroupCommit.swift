import CLoop
import Foundation
import Logging
import ZooKeeper

/// Rates of creating znodes in one run on one ensemble: a plain C loop of `multi(50)`, single creates, and the
/// group-commit writer with many concurrent callers of one create each.
@main
struct GroupCommit {
    static let size = 300
    static let callers = 2000

    static func main() async throws {
        let servers = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "127.0.0.1:2181"
        let count = 40_000
        let client = ZooKeeperClient(servers: servers.split(separator: ",").map(String.init))
        let running = Task { try await client.run() }
        try await client.createAll(["/bench"])

        var ratios: [Double] = []
        for round in 1...3 {
            let parent = "/bench/\(UUID().uuidString)"
            try await client.createAll([parent])
            let c = cloop_run(servers, parent, "c-", Int32(count), 50, Int32(size))
            guard c > 0 else { throw ZooKeeperError(.other(Int32(c))) }
            let single = try await singles(client, parent, 1000)
            let ours = try await grouped(client, parent, count)
            let cRate = Double(count) / c
            ratios.append(ours / cRate)
            print(
                """
                round \(round): C loop of multi(50) \(Int(cRate)) znodes/s, single creates one after the other \(Int(single)) znodes/s, \
                group-commit writer with \(callers) callers \(Int(ours)) znodes/s
                         writer / C loop = \(rounded(ours / cRate)), writer / singles = \(rounded(ours / single))
                """)
            try await client.deleteSubtree(parent)
        }
        print("median ratio writer / C loop: \(rounded(ratios.sorted()[1]))  (wanted: at least 0.5)")
        running.cancel()
        _ = await running.result
    }

    static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }

    static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        let elapsed = (ContinuousClock.now - start).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    }

    static func singles(_ client: ZooKeeperClient, _ parent: String, _ count: Int) async throws -> Double {
        let data = Data(repeating: 120, count: size)
        return Double(count)
            / (try await seconds {
                for index in 0..<count { try await client.create("\(parent)/s-\(index)", data) }
            })
    }

    static func grouped(_ client: ZooKeeperClient, _ parent: String, _ count: Int) async throws -> Double {
        let writer = GroupCommitWriter(client: client, markers: "/bench/commits", name: "bench")
        let running = Task { try await writer.run() }
        let data = Data(repeating: 120, count: size)
        let elapsed = try await seconds {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<callers {
                    group.addTask {
                        for index in stride(from: caller, to: count, by: callers) {
                            try await writer.commit([.create("\(parent)/g-\(index)", data)])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        running.cancel()
        _ = await running.result
        return Double(count) / elapsed
    }
}
