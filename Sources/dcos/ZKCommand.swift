import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import ZooKeeper
import ZooKeeperTunnel

/// `dcos zk`: what is stored, straight from the ensemble.
struct ZKCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zk", abstract: "Inspect and edit ZooKeeper directly.",
        subcommands: [ZKListCommand.self, ZKGetCommand.self, ZKBackupCommand.self, ZKRestoreCommand.self])
}

/// How every `zk` command finds the ensemble: `--zk`, else `DCOS_ZK_HOSTS`, else the names of a cluster's own nodes. With
/// `DCOS_ZK_TLS_CA` it is reached over TLS.
struct EnsembleOptions: ParsableArguments {
    @Option(name: .customLong("zk"), help: ArgumentHelp("Where the ensemble is (environment: DCOS_ZK_HOSTS).", valueName: "host:port,..."))
    var hosts: String?

    @Option(name: .customLong("zk-timeout"), help: "Seconds to connect.")
    var timeout: Double = 5

    private func connectString() throws -> ConnectString {
        if let text = hosts ?? getenv("DCOS_ZK_HOSTS").map({ String(cString: $0) }), !text.isEmpty {
            do { return try ConnectString(text) } catch { throw CommandFailure(.other, "\(error)") }
        }
        let known = (1...5).map { "zk-\($0).zk" }.filter(Self.resolves)
        guard !known.isEmpty else {
            throw CommandFailure(
                .cannotConnect, "Where is the ensemble? Pass --zk=host:port,... or set DCOS_ZK_HOSTS (local cluster: 127.0.1.1:2181).")
        }
        return ConnectString(hosts: known.map { "\($0):2181" })
    }

    private static func resolves(_ name: String) -> Bool {
        var result: UnsafeMutablePointer<addrinfo>?
        defer { if let result { freeaddrinfo(result) } }
        return getaddrinfo(name, nil, nil, &result) == 0
    }

    /// Runs a body with a session that is closed afterwards.
    func withClient(_ body: @Sendable (ZooKeeperClient, _ chroot: String) async throws -> Void) async throws {
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        let target = try connectString()
        let tunnel: ZooKeeperTunnel?
        do {
            tunnel = try await ZooKeeperTunnel.bootstrap(environment: ProcessInfo.processInfo.environment)
        } catch {
            throw CommandFailure(.other, "\(error)")
        }
        let timeout = Duration.milliseconds(Int64(max(0.1, timeout) * 1000))
        let client = ZooKeeperClient(
            servers: target.hosts, sessionTimeout: .seconds(10), operationTimeout: timeout, credentials: target.credentials)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            do {
                try await body(client, target.path)
            } catch let error as ZooKeeperError {
                client.close()
                var failure = CommandFailure(error, servers: target.hosts)
                if failure.status == .cannotConnect, let tunnel {
                    failure.message += tunnel.failures.sorted { $0.key < $1.key }.map { "\n\($0.key): \($0.value)" }.joined()
                }
                throw failure
            }
            client.close()
            try await group.waitForAll()
        }
    }
}

/// A path as the user typed it, below the chroot of the ensemble's address.
func absolute(_ path: String, below chroot: String) throws -> String {
    guard path.hasPrefix("/") else { throw CommandFailure(.other, "Not a znode path: '\(path)' (it begins with a slash)") }
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if chroot.isEmpty { return path }
    return path == "/" ? chroot : chroot + path
}
