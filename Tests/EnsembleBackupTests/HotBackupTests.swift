import EnsembleModel
import EnsembleTesting
import Exhibitor
import FoundationEssentials
import Glibc
import Logging
import Testing
import ZooKeeper

@testable import EnsembleBackup

/// Backups of servers that run and are written to.
@Suite(.serialized) struct HotBackupTests {
    private static func layout(_ settings: ZooKeeperSettings) -> EnsembleLayout {
        EnsembleLayout.read(stateDirectory: Files.parent(of: settings.configDirectory))
    }

    private static func withClient<Result: Sendable>(
        _ servers: [String], _ body: @Sendable (ZooKeeperClient) async throws -> Result
    ) async throws -> Result {
        let client = ZooKeeperClient(servers: servers, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { client.close() }
            return try await body(client)
        }
    }

    /// Creates `/load/n-<number>` one after the other until it is cancelled.
    private static func write(_ client: ZooKeeperClient, acknowledged: Counter) async throws {
        var number = 0
        while !Task.isCancelled {
            do {
                _ = try await client.create("/load/n-\(number)", Data("value of \(number)".utf8))
                // Overwritten, too: the backup must not hold older values than it should.
                _ = try await client.set("/load", Data("\(number)".utf8))
                acknowledged.value = number
                number += 1
            } catch is CancellationError {
                return
            }
        }
    }

    @Test func everyZnodeAcknowledgedBeforeTheBackupIsInEnsemblesRestoredFromIt() async throws {
        let scratch = try Scratch()
        // Snapshots all the time: they are fuzzy, and files come and go.
        let lines = [ConfigurationLine("snapCount", "300"), ConfigurationLine("autopurge.purgeInterval", "0")]
        let moments: [(archive: String, acknowledged: Int)] = try await TestEnsemble.withEnsemble(servers: 3, extraLines: lines) {
            ensemble in
            try await Self.withClient(ensemble.servers) { client in
                _ = try await client.create("/load")
                let acknowledged = Counter()
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await Self.write(client, acknowledged: acknowledged) }
                    var moments: [(String, Int)] = []
                    for round in 0..<6 {
                        try await acknowledged.wait(until: (round + 1) * 150)
                        // Followers and the leader alike.
                        let settings = ensemble.settings[round % 3]
                        let archive = "\(scratch.path)/hot-\(round).tar.gz"
                        let before = acknowledged.value
                        let backup = EnsembleBackup(layout: Self.layout(settings), target: archive)
                        let server = SettledServer(address: try #require(Self.layout(settings).clientAddress))
                        let report = try await backup.makeOnline { try await server.settle() }
                        #expect(report.summary?.snapshot != nil)
                        moments.append((archive, before))
                    }
                    group.cancelAll()
                    return moments
                }
            }
        }
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            for (archive, acknowledged) in [moments[0], moments[4], moments[5]] {
                for index in ensemble.servers.indices { await ensemble.kill(serverIndex: index) }
                for settings in ensemble.settings {
                    _ = try await EnsembleRestore(layout: Self.layout(settings), archive: archive).run()
                }
                for index in ensemble.servers.indices { try await ensemble.restart(serverIndex: index, waits: false) }
                try await ensemble.waitUntilServing()
                try await Self.withClient([ensemble.servers[1]]) { client in
                    let names = Set(try await client.children("/load").names)
                    let missing = (0...acknowledged).filter { !names.contains("n-\($0)") }
                    #expect(missing.isEmpty)
                    let (data, _) = try await client.get("/load/n-\(acknowledged)")
                    #expect(data == Data("value of \(acknowledged)".utf8))
                    let last = try await client.get("/load").data
                    #expect(Int(String(decoding: last, as: UTF8.self)).map { $0 >= acknowledged } ?? false)
                    // It is an ensemble that can be written to.
                    _ = try await client.create("/after-restore")
                }
            }
        }
    }

    @Test func scheduledBackupsOfALiveServerBecomeAnArchiveThatAnEnsembleStartsFrom() async throws {
        let scratch = try Scratch()
        let acknowledged = try await TestEnsemble.withEnsemble(extraLines: [ConfigurationLine("snapCount", "200")]) { ensemble in
            try await Self.withClient(ensemble.servers) { client in
                _ = try await client.create("/load")
                let acknowledged = Counter()
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await Self.write(client, acknowledged: acknowledged) }
                    try await acknowledged.wait(until: 300)
                    let before = acknowledged.value
                    // As the scheduled rounds do it: the newest snapshot, then every log as it is at that moment.
                    let layout = Self.layout(ensemble.settings[0])
                    let destination = StoreWriter(directory: scratch.path + "/store")
                    let snapshot = try #require(
                        try Files.names(in: layout.snapshots).compactMap(DataFile.init(name:)).snapshots.dropFirst().first)
                    try destination.store("\(layout.snapshots)/\(snapshot.name)")
                    for name in try Files.names(in: layout.logs) { try destination.store("\(layout.logs)/\(name)") }
                    group.cancelAll()
                    return before
                }
            }
        }
        let archive = scratch.path + "/b.tar.gz"
        let made = try await Program.run(Program.daemon, ["zk-backup", archive, "--from-store", scratch.path + "/store", "--verify"])
        #expect(made.ending == "exited with code 0", "\(made.output)")
        #expect(made.output.contains("Verified"), "\(made.output)")
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            for index in ensemble.servers.indices { await ensemble.kill(serverIndex: index) }
            for settings in ensemble.settings { _ = try await EnsembleRestore(layout: Self.layout(settings), archive: archive).run() }
            for index in ensemble.servers.indices { try await ensemble.restart(serverIndex: index, waits: false) }
            try await ensemble.waitUntilServing()
            try await Self.withClient(ensemble.servers) { client in
                let names = Set(try await client.children("/load").names)
                let missing = (0...acknowledged).filter { !names.contains("n-\($0)") }
                #expect(missing.isEmpty)
            }
        }
    }

    @Test func aVerifiedArchiveWasLoadedByAServer() async throws {
        let scratch = try Scratch()
        try await TestEnsemble.withEnsemble { ensemble in
            let layout = Self.layout(ensemble.settings[0])
            try await Self.withClient(ensemble.servers) { client in
                _ = try await client.create("/a")
                for number in 0..<50 { _ = try await client.create("/a/\(number)") }
                for number in 0..<20 { try await client.delete("/a/\(number)") }
                _ = try await client.create("/a/ephemeral", mode: .ephemeral)
                var backup = EnsembleBackup(layout: layout, target: scratch.path + "/b.tar.gz")
                backup.temporaryDirectory = scratch.path
                backup.verification = ArchiveVerification { try await ThrowAwayServer().load($0) }
                let server = SettledServer(address: try #require(layout.clientAddress))
                let report = try await backup.makeOnline { try await server.settle() }
                // Four of the server's own, /a and what is left below it.
                #expect(report.verifiedZnodes == 35)
            }
            #expect(try Files.names(in: scratch.path) == ["b.tar.gz"])
        }
    }

    @Test func anArchiveThatHoldsMoreThanAServerLoadsFailsVerification() async throws {
        let scratch = try Scratch()
        try await TestEnsemble.withEnsemble { ensemble in
            let layout = Self.layout(ensemble.settings[0])
            var backup = EnsembleBackup(layout: layout, target: scratch.path + "/b.tar.gz")
            backup.verification = ArchiveVerification { _ in ArchiveVerification.Loaded(znodes: 1, ephemerals: 0) }
            let server = SettledServer(address: try #require(layout.clientAddress))
            let settled = backup
            await #expect(throws: BackupError.self) { try await settled.makeOnline { try await server.settle() } }
            #expect(scratch.tree.isEmpty)
        }
    }

    @Test func aServerWithoutQuorumIsNotBackedUpHot() async throws {
        let scratch = try Scratch()
        try await TestEnsemble.withEnsemble(servers: 3) { ensemble in
            await ensemble.kill(serverIndex: 1)
            await ensemble.kill(serverIndex: 2)
            let layout = Self.layout(ensemble.settings[0])
            var server = SettledServer(address: try #require(layout.clientAddress))
            server.patience = .seconds(2)
            let settled = server
            await #expect(throws: BackupError.self) {
                try await EnsembleBackup(layout: layout, target: scratch.path + "/b.tar.gz").makeOnline { try await settled.settle() }
            }
            #expect(scratch.tree.isEmpty)
        }
    }

    @Test func theCommandsBackUpAndRestoreAnEnsembleOfOne() async throws {
        let scratch = try Scratch()
        try await TestEnsemble.withEnsemble { ensemble in
            let state = Files.parent(of: ensemble.settings[0].configDirectory)
            let archive = scratch.path + "/b.tar.gz"
            try await Self.withClient(ensemble.servers) { client in _ = try await client.create("/kept", Data("x".utf8)) }
            let refused = try await Program.run(Program.daemon, ["zk-backup", archive, "--state-dir", state])
            #expect(refused == Program.Result(ending: "exited with code 1", output: "ZooKeeper must not be running. Aborting."))
            let made = try await Program.run(Program.daemon, ["zk-backup", archive, "--online", "--verify", "--state-dir", state])
            #expect(made.output.contains("Verified: a server loaded 5 persistent znodes"), "\(made.output)")
            try await Self.withClient(ensemble.servers) { client in try await client.delete("/kept") }
            await ensemble.kill(serverIndex: 0)
            let restored = try await Program.run(Program.daemon, ["zk-restore", archive, "-v", "--state-dir", state])
            #expect(restored.ending == "exited with code 0", "\(restored.output)")
            #expect(restored.output.contains("before-restore"))
            try await ensemble.restart(serverIndex: 0)
            try await Self.withClient(ensemble.servers) { client in
                let data = try await client.get("/kept").data
                #expect(data == Data("x".utf8))
            }
        }
    }
}
