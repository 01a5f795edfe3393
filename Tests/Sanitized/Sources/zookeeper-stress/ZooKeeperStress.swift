import FoundationEssentials
import Logging
import ZooKeeper

/// Opens and closes many sessions with reads, writes, multis and watches in flight, while its server is killed and started
/// from outside: the moments in which a callback of the C library could touch what is freed. Run under a sanitizer, which ends
/// the process at the first such access; without one it proves nothing.
///
/// usage: zookeeper-stress SERVERS SECONDS
@main
struct ZooKeeperStress {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let seconds = Int64(arguments[2]) else {
            print("usage: zookeeper-stress SERVERS SECONDS")
            return
        }
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        let servers = arguments[1].split(separator: ",").map(String.init)
        let end = ContinuousClock.now + .seconds(seconds)
        let rounds = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    var rounds = 0
                    while ContinuousClock.now < end {
                        await session(servers, worker, rounds)
                        rounds += 1
                    }
                    return rounds
                }
            }
            var sum = 0
            for await rounds in group { sum += rounds }
            return sum
        }
        print("\(rounds) sessions opened, used and closed")
    }

    /// One session that is closed with work in flight.
    static func session(_ servers: [String], _ worker: Int, _ round: Int) async {
        let client = ZooKeeperClient(servers: servers, sessionTimeout: .seconds(4), operationTimeout: .milliseconds(800))
        let mirror = SubtreeMirror(client: client, roots: ["/stress"])
        let writer = GroupCommitWriter(client: client, markers: "/stress/commits", name: "\(worker)")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await client.run() }
            group.addTask { try? await mirror.run() }
            group.addTask { try? await writer.run() }
            try? await client.createAll(["/stress", "/stress/\(worker)"])
            for index in 0..<40 {
                group.addTask {
                    let path = "/stress/\(worker)/\(round % 4)-\(index)"
                    for await value in client.watchData(path) where value != nil { break }
                }
                group.addTask {
                    let path = "/stress/\(worker)/\(round % 4)-\(index)"
                    _ = try? await writer.commit([.create(path, Data(repeating: 1, count: 2000))])
                    _ = try? await client.get(path)
                    _ = try? await client.multi([.set(path, Data("x".utf8)), .delete(path)])
                    _ = try? await client.children("/stress")
                }
            }
            // Sometimes at once, sometimes when all is done.
            try? await Task.sleep(for: .milliseconds((round * 37) % 150))
            client.close()
            group.cancelAll()
        }
    }
}
