import EnsembleModel
import EnsembleTesting
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing
import ZooKeeper

@testable import Exhibitor

/// The znodes whose creation was acknowledged.
private final class Acknowledged: Sendable {
    private let list = Mutex<[String]>([])
    var paths: [String] { list.withLock { $0 } }
    func add(_ path: String) { list.withLock { $0.append(path) } }
}

/// What the options of this folder do to real servers.
@Suite(.serialized) struct ServerOptionsTests {
    private func withClient<Result: Sendable>(_ servers: [String], _ body: (ZooKeeperClient) async throws -> Result) async throws -> Result
    {
        let client = ZooKeeperClient(
            servers: servers, sessionTimeout: .seconds(8), operationTimeout: .seconds(30), logger: Logger(label: "test"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            do {
                let result = try await body(client)
                client.close()
                try await group.waitForAll()
                return result
            } catch {
                client.close()
                throw error
            }
        }
    }

    private func wait(_ deadline: Duration = .seconds(30), until condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + deadline
        while try await !condition() {
            try #require(ContinuousClock.now < end)
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    // MARK: - TLS

    @Test func theServersGoOverToTLSWhileAClientWrites() async throws {
        try await TestAuthority.withAuthority { authority in
            var identities: [String: TestAuthority.Identity] = [:]
            try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
                for settings in ensemble.settings {
                    identities[settings.hostname] = try await authority.issue(settings.hostname, hosts: [settings.hostname, "127.0.0.1"])
                }
                let written = Acknowledged()
                try await withClient(ensemble.servers) { client in
                    _ = try await client.create("/during", Data())
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            while !Task.isCancelled {
                                // A write whose connection broke may have happened or not; only acknowledged ones count.
                                if let path = try? await client.create("/during/n-", Data("x".utf8), mode: .persistentSequential) {
                                    written.add(path)
                                }
                                // A steady client, not a benchmark.
                                try await Task.sleep(for: .milliseconds(5))
                            }
                        }
                        for step in [ServerTLS.Quorum.accept, .prefer, .require] {
                            for index in ensemble.settings.indices {
                                let host = ensemble.settings[index].hostname
                                let identity = try #require(identities[host])
                                let authorityPath = authority.path
                                try await ensemble.restart(serverIndex: index) { settings in
                                    var tls = ServerTLS(
                                        certificatePath: identity.certificate, keyPath: identity.key, authorityPath: authorityPath)
                                    tls.quorum = step
                                    settings.tls = tls
                                }
                                try await ensemble.waitUntilServing()
                            }
                        }
                        group.cancelAll()
                        do { try await group.waitForAll() } catch is CancellationError {}
                    }
                    let acknowledged = written.paths
                    // A new session may have begun at a server that is behind.
                    try await client.sync("/during")
                    let there = Set(try await client.children("/during").names.map { "/during/" + $0 })
                    #expect(acknowledged.count > 10)
                    let missing = acknowledged.filter { !there.contains($0) }
                    #expect(missing.isEmpty, "of \(acknowledged.count)")
                }
                let leader = try await ensemble.leaderIndex()
                let log = try #require(FileAccess.text(ensemble.settings[leader].logDirectory + "/zookeeper.log"))
                #expect(log.contains("TLS") || log.contains("SSL"))
            }
        }
    }

    @Test func keepsTheKeyToItselfAndSaysWhatIsWrongWithIt() async throws {
        try await TestAuthority.withAuthority { authority in
            let identity = try await authority.issue("server", hosts: ["127.0.0.1"])
            try await TestEnsemble.withEnsemble(adjust: { settings in
                var tls = ServerTLS(certificatePath: identity.certificate, keyPath: identity.key, authorityPath: authority.path)
                tls.clientPort = 2281
                settings.tls = tls
            }) { ensemble in
                var settings = ensemble.settings[0]
                #expect(FileAccess.permissions(settings.keyStorePath) == 0o600)
                settings.tls?.keyPath = authority.path
                #expect {
                    try ServerFiles(settings: settings).write(.standalone)
                } throws: { "\($0)".contains("it holds no private key") }
                // Without TLS the key does not stay behind.
                settings.tls = nil
                try ServerFiles(settings: settings).write(.standalone)
                #expect(!FileAccess.isPresent(settings.keyStorePath))
            }
        }
    }

    // MARK: - AdminServer

    @Test func theAdminServerIsOffWhileTheOperatorChoseThePassword() async throws {
        let enable = { (settings: inout ZooKeeperSettings) async throws in settings.extraLines.removeAll { $0.key == "admin.enableServer" }
        }
        try await TestEnsemble.withEnsemble(adjust: enable) { ensemble in
            let settings = ensemble.settings[0]
            #expect(await PortProbe.probe(settings.adminAddress, settings.adminPort) == .open)
        }
        let chosen = SuperCredentials(user: "super", password: "chosen")
        try await TestEnsemble.withEnsemble(superCredentials: { _ in chosen }, adjust: enable) { ensemble in
            let settings = ensemble.settings[0]
            #expect(await PortProbe.probe(settings.adminAddress, settings.adminPort) == .refused)
        }
    }

    // MARK: - Read-only mode

    /// The answer to a request for a session that may be read-only: its id and whether it is.
    private func readOnlySession(_ settings: ZooKeeperSettings) async throws -> (id: Int64, isReadOnly: Bool)? {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: settings.hostname, port: settings.clientPort) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }
        return try await channel.executeThenClose { input, output in
            var request = ByteBuffer()
            request.writeInteger(Int32(45))
            // Protocol version, last zxid, timeout, session, password, read-only.
            request.writeInteger(Int32(0))
            request.writeInteger(Int64(0))
            request.writeInteger(Int32(4000))
            request.writeInteger(Int64(0))
            request.writeInteger(Int32(16))
            request.writeRepeatingByte(0, count: 16)
            request.writeInteger(UInt8(1))
            try await output.write(request)
            var answer = ByteBuffer()
            for try await var part in input {
                answer.writeBuffer(&part)
                if answer.readableBytes >= 41 { break }
            }
            guard answer.readableBytes >= 41, let id = answer.getInteger(at: answer.readerIndex + 12, as: Int64.self),
                let flag = answer.getInteger(at: answer.readerIndex + 40, as: UInt8.self)
            else { return nil }
            return (id, flag == 1)
        }
    }

    @Test func aServerWithoutQuorumServesReadsWhenThatIsAllowed() async throws {
        try await TestEnsemble.withEnsemble(servers: 3, adjust: { $0.allowsReadOnly = true }) { ensemble in
            #expect(try await ensemble.ask("isro", serverIndex: 0) == "rw")
            await ensemble.kill(serverIndex: 1)
            await ensemble.kill(serverIndex: 2)
            try await wait { (try? await ensemble.ask("isro", serverIndex: 0)) == "ro" }
            let summary = try await ensemble.ask("srvr", serverIndex: 0)
            #expect(summary.contains("READ-ONLY mode") && summary.contains("Mode: read-only"))
            // For the manager it does not serve: nothing can be written.
            #expect(await ensemble.probe(0) == .notServing)
            let session = try #require(try await readOnlySession(ensemble.settings[0]))
            #expect(session.id != 0 && session.isReadOnly)
        }
    }

    @Test func withoutTheOptionNobodyIsServedWithoutQuorum() async throws {
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            await ensemble.kill(serverIndex: 1)
            await ensemble.kill(serverIndex: 2)
            try await wait { await ensemble.probe(0) == .notServing }
            #expect(try await readOnlySession(ensemble.settings[0]) == nil)
        }
    }

    // MARK: - Migration

    @Test func dataOfAnOldServerWithoutSnapshotsAreLoadedOnce() async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            let settings = ensemble.settings[0]
            func removeSnapshots() throws {
                let directory = settings.dataDirectory + "/version-2"
                for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name.hasPrefix("snapshot.") {
                    try FileManager.default.removeItem(atPath: directory + "/" + name)
                }
            }
            _ = try await withClient(ensemble.servers) { try await $0.create("/old", Data("data".utf8)) }
            await ensemble.kill(serverIndex: 0)
            try removeSnapshots()
            // As on a host where we never started a server.
            try FileManager.default.removeItem(atPath: settings.configurationPath)
            try await ensemble.restart(serverIndex: 0)
            #expect(try await withClient(ensemble.servers) { try await $0.get("/old").data } == Data("data".utf8))
            // Later, logs without a snapshot are a loss that must not go unnoticed.
            try await ensemble.restart(serverIndex: 0)
            #expect(!(FileAccess.text(settings.configurationPath) ?? "").contains("trust"))
            await ensemble.kill(serverIndex: 0)
            try removeSnapshots()
            await #expect(throws: TestEnsemble.Failure.self) { try await ensemble.restart(serverIndex: 0, deadline: .seconds(20)) }
        }
    }
}
