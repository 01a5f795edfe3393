import EnsembleTesting
import FoundationEssentials
import Synchronization
import Testing

@testable import ZooKeeper

/// A candidate with a session of its own, and what it was told.
final class Candidate: Sendable {
    let client: ZooKeeperClient
    let election: LeaderElection
    private let told = Mutex<(epoch: LeaderEpoch?, leader: String?, elections: Int)>((nil, nil, 0))

    init(_ name: String, servers: [String], sessionTimeout: Duration = .seconds(3)) {
        client = ZooKeeperClient(servers: servers, sessionTimeout: sessionTimeout)
        election = LeaderElection(
            client: client, candidates: "/election", prefix: "candidate-", payload: Data(name.utf8), usesGUID: true,
            fencePath: "/fence", fencePayload: { Data("\($0)".utf8) })
    }

    var epoch: LeaderEpoch? { told.withLock { $0.epoch } }
    var leader: String? { told.withLock { $0.leader } }
    var elections: Int { told.withLock { $0.elections } }

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.client.run() }
            group.addTask { try await self.election.run() }
            group.addTask {
                for await event in self.election.events() {
                    self.told.withLock { told in
                        switch event {
                        case .elected(let epoch): told = (epoch, told.leader, told.elections + 1)
                        case .deposed: told.epoch = nil
                        case .leader(let payload): told.leader = payload.map { String(decoding: $0, as: UTF8.self) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

@Suite("Leader election", .serialized)
struct ElectionTests {
    @Test("one of several leads, all know who; when its session expires another leads with a higher epoch and the old one is fenced")
    func expiry() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let a = Candidate("a", servers: ensemble.servers)
            let b = Candidate("b", servers: ensemble.servers)
            try await running({ try await a.run() }) {
                try await eventually("a leads") { a.epoch?.isHeld == true }
                try await running({ try await b.run() }) {
                    try await eventually("b knows") { b.leader == "a" }
                    let old = try #require(a.epoch)
                    try await a.client.expire()
                    try await eventually("b leads") { b.epoch?.isHeld == true }
                    let new = try #require(b.epoch)
                    #expect(new.number > old.number)
                    #expect(!old.isHeld)
                    try await eventually("a has stepped down") { old.isOver }
                    let refused = await #expect(throws: MultiError.self) {
                        try await a.client.multi([old.check, .create("/late")])
                    }
                    #expect(refused?.index == 0)
                    try await eventually("a knows") { a.leader == "b" }
                    #expect(try await a.client.children("/election").names.count == 2, "a stands again, once")
                }
                try await eventually("a leads again when b leaves") { a.epoch?.isHeld == true }
            }
        }
    }

    @Test("a candidate that is cancelled withdraws at once, long before its session could expire")
    func withdrawal() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let a = Candidate("a", servers: ensemble.servers, sessionTimeout: .seconds(10))
            let b = Candidate("b", servers: ensemble.servers, sessionTimeout: .seconds(10))
            let first = Task { try await a.run() }
            try await eventually("a leads") { a.epoch?.isHeld == true }
            try await running({ try await b.run() }) {
                try await eventually("b knows") { b.leader == "a" }
                first.cancel()
                try await eventually("b leads", within: .seconds(5)) { b.epoch?.isHeld == true }
            }
            _ = await first.result
        }
    }

    @Test("resigning puts a candidate behind the others")
    func resignation() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let a = Candidate("a", servers: ensemble.servers)
            let b = Candidate("b", servers: ensemble.servers)
            try await running({ try await a.run() }) {
                try await eventually("a leads") { a.epoch?.isHeld == true }
                try await running({ try await b.run() }) {
                    try await eventually("b stands") { b.leader == "a" }
                    a.election.resign()
                    try await eventually("b leads") { b.epoch?.isHeld == true }
                    #expect(a.epoch == nil)
                    b.election.resign()
                    try await eventually("a leads again") { a.epoch?.isHeld == true }
                }
            }
        }
    }

    @Test("a leader that loses its server stops acting at once, and goes on when the connection is back in time")
    func shortLoss() async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            let a = Candidate("a", servers: ensemble.servers, sessionTimeout: .seconds(10))
            try await running({ try await a.run() }) {
                try await eventually("a leads") { a.epoch?.isHeld == true }
                let epoch = try #require(a.epoch)
                let server = try #require(a.client.currentServer)
                let index = try #require(ensemble.servers.firstIndex { server.contains($0) })
                await ensemble.kill(serverIndex: index)
                try await eventually("acting again") { epoch.isHeld || a.elections > 1 }
                #expect(try await a.client.get("/fence").stat.version >= epoch.fenceVersion)
            }
        }
    }

    @Test("candidacies are ordered by number, whatever their prefix, and foreign children are ignored")
    func order() {
        let names = ["_c_aa-latch-0000000003", "json.info_0000000002", "json.info_2147483647", "log_replicas", "json.info_12"]
        #expect(LeaderElection.sorted(names, prefix: "json.info_") == ["json.info_0000000002", "json.info_2147483647"])
        #expect(LeaderElection.sorted(names, prefix: "latch-") == ["_c_aa-latch-0000000003"])
    }
}

@Suite("Ephemeral registration", .serialized)
struct RegistrationTests {
    @Test("the node comes back after an expiry with the next incarnation, replaces an old one of its own, and goes at the end")
    func life() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { observer in
                try await withClient(ensemble.servers) { earlier in
                    try await earlier.createWithParents("/live/00")
                    try await earlier.create("/live/00/agent", Data("agent 1".utf8), mode: .ephemeral)
                    try await withClient(ensemble.servers) { client in
                        let registration = EphemeralRegistration(
                            client: client, path: "/live/00/agent", firstIncarnation: 2, payload: { Data("agent \($0)".utf8) },
                            isOurs: { $0.starts(with: Data("agent".utf8)) })
                        try await running({ try await registration.run() }) {
                            try await eventually("replaced") { try await observer.get("/live/00/agent").data == Data("agent 2".utf8) }
                            try await client.expire()
                            try await eventually("re-created") {
                                (try? await observer.get("/live/00/agent").data) == Data("agent 3".utf8)
                            }
                            try await observer.delete("/live/00/agent")
                            try await eventually("re-created after an operator's delete") {
                                (try? await observer.get("/live/00/agent").data) == Data("agent 4".utf8)
                            }
                        }
                        #expect(try await observer.exists("/live/00/agent") == nil)
                    }
                }
            }
        }
    }

    @Test("a name that belongs to somebody else is left alone until it is free")
    func conflict() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await withClient(ensemble.servers) { other in
                try await other.create("/taken", Data("other".utf8), mode: .ephemeral)
                try await withClient(ensemble.servers) { client in
                    let registration = EphemeralRegistration(
                        client: client, path: "/taken", payload: { _ in Data("me".utf8) }, isOurs: { $0 == Data("me".utf8) })
                    try await running({ try await registration.run() }) {
                        try await eventually("watching") { client.watchedBytes > 0 }
                        #expect(try await other.get("/taken").data == Data("other".utf8))
                        try await other.delete("/taken")
                        try await eventually("ours") { (try? await other.get("/taken").data) == Data("me".utf8) }
                    }
                }
            }
        }
    }
}
