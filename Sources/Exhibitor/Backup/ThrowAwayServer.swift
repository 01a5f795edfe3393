import EnsembleBackup
import EnsembleModel
import Glibc
import NIOCore
import NIOPosix
import Platform

/// Loads data into a standalone server that nobody knows and that is killed afterwards: the proof that a backup can be
/// used. It is killed, too, when this process dies.
public struct ThrowAwayServer: Sendable {
    /// For starting and loading.
    public var patience = Duration.seconds(300)
    public var heapMegabytes = HeapSize.standard

    public init() {}

    /// - layout: of the data; the server's own files go to its state directory.
    /// - Throws: `BackupError.verificationFailed` when the server cannot load them.
    public func load(_ layout: EnsembleLayout) async throws -> ArchiveVerification.Loaded {
        let port = try await Self.freePort()
        let settings = settings(layout, port: port)
        let process = try await ServerThread.run {
            try ServerLauncher(settings: settings, lifetime: .boundToThread).start(.standalone)
        }
        do {
            let loaded = try await answer(of: process, settings: settings)
            await kill(process)
            return loaded
        } catch {
            await kill(process)
            throw error
        }
    }

    private func kill(_ process: ProcessHandle) async {
        process.send(signal: SIGKILL)
        _ = await process.waitForExit()
    }

    private func settings(_ layout: EnsembleLayout, port: Int) -> ZooKeeperSettings {
        ZooKeeperSettings(
            dataDirectory: layout.dataDirectory, logDirectory: layout.logDirectory, configDirectory: layout.stateDirectory + "/conf",
            pidPath: layout.pidPath, servers: ServerList(), hostname: "127.0.0.1", clientAddress: "127.0.0.1", clientPort: port,
            extraLines: [
                ConfigurationLine("tickTime", "2000"), ConfigurationLine("admin.enableServer", "false"),
                // Nothing may be purged or added while we look.
                ConfigurationLine("autopurge.purgeInterval", "0"),
                // Data of 3.4 may come without any snapshot.
                ConfigurationLine("snapshot.trust.empty", "true"),
            ],
            heapMegabytes: heapMegabytes, jvmFlags: ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.forceSync=no"])
    }

    private func answer(of process: ProcessHandle, settings: ZooKeeperSettings) async throws -> ArchiveVerification.Loaded {
        let client = FourLetterClient(host: settings.probeAddress, port: settings.clientPort)
        let end = ContinuousClock.now + patience
        while true {
            if case .serving = await client.probe(timeout: .seconds(2)), let text = try? await client.ask("mntr", timeout: .seconds(10)),
                let znodes = Self.value("zk_znode_count", in: text), let ephemerals = Self.value("zk_ephemerals_count", in: text)
            {
                // The server counts the root twice: as `/` and under the empty path.
                return ArchiveVerification.Loaded(znodes: znodes - 1, ephemerals: ephemerals)
            }
            if let exit = process.exit {
                let paths = [settings.consolePath, settings.logDirectory + "/" + LoggingConfiguration.fileName]
                let log = try await Files.onThread { paths.compactMap { FileAccess.tail($0, limit: 4096) }.joined(separator: "\n") }
                throw BackupError.verificationFailed(reason: "the server \(exit) while it loaded the data:\n\(log)")
            }
            guard ContinuousClock.now < end else {
                throw BackupError.verificationFailed(reason: "the server did not load the data within \(patience)")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private static func value(_ key: String, in text: String) -> Int? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(key + "\t") {
            return Int(line.dropFirst(key.count + 1))
        }
        return nil
    }

    /// One the kernel says is free, on loopback.
    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port
        try await channel.close()
        guard let port else { throw BackupError.verificationFailed(reason: "no port is free on 127.0.0.1") }
        return port
    }
}
