import ArgumentParser
import EnsembleBackup
import Exhibitor
import Glibc
import Logging

/// What `zk-backup` and `zk-restore` have in common.
struct ZKArchiveOptions: ParsableArguments {
    @Option(name: [.customShort("t"), .long], help: "Directory for unfinished work.")
    var tmpdir = "/tmp"

    @Flag(name: .shortAndLong, help: "Say what is done.")
    var verbose = false

    @Option(help: "Directory of ZooKeeper's data, configuration and pid file.")
    var stateDir = "/var/lib/dcos/exhibitor"

    @Flag(help: "Load the archive into a server of its own on loopback and compare the number of znodes.")
    var verify = false

    var verification: ArchiveVerification? {
        verify ? ArchiveVerification { try await ThrowAwayServer().load($0) } : nil
    }

    func layout() async -> EnsembleLayout {
        let directory = stateDir
        return (try? await Files.onThread { EnsembleLayout.read(stateDirectory: directory) }) ?? EnsembleLayout(stateDirectory: directory)
    }

    /// Failures go to standard error in their own words, with exit status 1: scripts compare them.
    func reportingFailures(_ body: () async throws -> Void) async throws {
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        do {
            try await body()
        } catch {
            StandardError.write("\(error)")
            if verbose, case BackupError.serverRunning(let pid) = error { StandardError.write("It is process \(pid).") }
            throw ExitCode(1)
        }
    }
}

/// Lines on standard error.
private enum StandardError {
    static func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            offset += count
        }
    }
}
