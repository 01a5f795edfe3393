import AsyncHTTPClient
import EnsembleBackup
import EnsembleModel
import EnsembleTesting
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import SharedConfiguration
import Testing
import ZooKeeper

@testable import Exhibitor

/// The endpoints of backups, of a manager with a real server.
@Suite struct BackupRoutesTests {
    private struct State: Decodable {
        var active: Bool
        var running: Bool
        var lastSuccess: Int64?
        var lastError: String?
        var destination: String?
        var files: Int
        var bytes: Int
    }

    private struct Stored: Decodable {
        var name: String
        var modifiedDate: Int64
        var kind: String
        var bytes: Int
    }

    private static func withManager(
        provider: BackupProvider?, store: String,
        _ body: (_ ask: @escaping (String, HTTPMethod) async throws -> (Int, Data)) async throws -> Void
    ) async throws {
        try await TestEnsemble.withEnsemble { ensemble in
            try await Self.write(to: ensemble.servers)
            let settings = ensemble.settings[0]
            var configuration = ExhibitorConfiguration(
                hostname: settings.hostname, port: 8181, settings: settings,
                timing: MonitorTiming(checkInterval: .seconds(1), unhealthyLimit: .seconds(60)),
                preferencesPath: settings.configDirectory + "/preferences", assetDirectories: ["exhibitor"])
            configuration.serverLifetime = .boundToThread
            configuration.backupProvider = provider
            configuration.defaults.backupExtra = [ConfigurationLine("directory", store)]
            configuration.defaults.backupPeriodMs = 3_600_000
            let exhibitor = Exhibitor(
                configuration: configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
            let client = PeerClient.makeHTTPClient()
            let ask = { @Sendable (path: String, method: HTTPMethod) async throws -> (Int, Data) in
                var request = HTTPClientRequest(url: "http://\(settings.hostname):8181/exhibitor/v1/\(path)")
                request.method = method
                let response = try await client.execute(request, timeout: .seconds(10))
                let body = try await response.body.collect(upTo: 1 << 20)
                return (Int(response.status.code), Data(body.readableBytesView))
            }
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await exhibitor.run() }
                    try await BackupFixture.wait { (try? await ask("index/backup-state", .GET))?.0 == 200 }
                    try await body(ask)
                    group.cancelAll()
                    do { for try await _ in group {} } catch is CancellationError {}
                }
                try await client.shutdown()
            } catch {
                try await client.shutdown()
                throw error
            }
        }
    }

    /// A server to which nobody has written has no log.
    private static func write(to servers: [String]) async throws {
        let client = ZooKeeperClient(servers: servers, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            defer { client.close() }
            _ = try await client.create("/a")
        }
    }

    @Test func aBackupThatIsAskedForIsListed() async throws {
        let fixture = try BackupFixture()
        let store = fixture.root + "/store"
        try await Self.withManager(provider: .fileSystem, store: store) { ask in
            let (status, answer) = try await ask("index/backup-now", .POST)
            #expect(status == 200)
            #expect(String(decoding: answer, as: UTF8.self) == #"{"message":"OK","succeeded":true}"#)
            try await BackupFixture.wait {
                try JSONDecoder().decode(State.self, from: try await ask("index/backup-state", .GET).1).lastSuccess != nil
            }
            let state = try JSONDecoder().decode(State.self, from: try await ask("index/backup-state", .GET).1)
            #expect(state.active)
            #expect(state.destination == store)
            #expect(state.lastError == nil)
            let stored = try JSONDecoder().decode([Stored].self, from: try await ask("index/backups", .GET).1)
            #expect(Set(stored.map(\.kind)) == ["log", "snapshot"])
            #expect(state.files == stored.count)
            #expect(state.bytes == stored.reduce(0) { $0 + $1.bytes })
            let log = try #require(stored.first { $0.kind == "log" })
            let (_, logs) = try await ask("index/get-backups", .GET)
            let text = String(decoding: logs, as: UTF8.self)
            #expect(text == #"[{"modifiedDate":\#(log.modifiedDate),"name":"\#(log.name)"}]"#)
            #expect(try await ask("index/backup-now", .GET).0 == 405)
            let (_, fields) = try await ask("ui/backup-config", .GET)
            let fieldsText = String(decoding: fields, as: UTF8.self)
            #expect(
                fieldsText
                    == #"[{"help":"The path of the directory for the backups","key":"directory","name":"Destination Path","type":"s","value":"\#(store)"}]"#
            )
        }
    }

    @Test func withoutAProviderTheListsAreEmpty() async throws {
        try await Self.withManager(provider: nil, store: "") { ask in
            for path in ["index/get-backups", "index/backups", "ui/backup-config"] {
                let (status, answer) = try await ask(path, .GET)
                #expect(status == 200)
                #expect(String(decoding: answer, as: UTF8.self) == "[]")
            }
            let (_, refused) = try await ask("index/backup-now", .POST)
            let text = String(decoding: refused, as: UTF8.self)
            #expect(text == #"{"message":"No backup provider is configured","succeeded":false}"#)
        }
    }
}
