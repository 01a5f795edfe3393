import EnsembleBackup
import EnsembleModel
import FoundationEssentials
import Glibc
import Logging
import Synchronization

@testable import Exhibitor

/// The directories of a server that does not run, and what a backup service needs around it.
final class BackupFixture: Sendable {
    struct TooSlow: Error {}

    let root: String
    let activityLog = ActivityLog(capacity: 100, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let current: Mutex<BackupSettings>
    private let signal = AsyncStream.makeStream(of: Void.self)

    init(periodMs: Int = 50, maxStoreMs: Int = 86_400_000) throws {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        root = "\(parent)/backup-service-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        var configuration = InstanceConfiguration()
        configuration.backupPeriodMs = periodMs
        configuration.backupMaxStoreMs = maxStoreMs
        configuration.backupExtra = [ConfigurationLine("directory", root + "/store")]
        current = Mutex(BackupSettings(configuration, dataDirectory: root + "/data", logDirectory: root + "/log"))
        for directory in ["/data/version-2", "/log/version-2", "/store"] { try Files.makeDirectory(root + directory) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func switches() async -> SwitchStore { await SwitchStore(path: root + "/preferences") }

    func change(_ body: (inout BackupSettings) -> Void) {
        current.withLock { body(&$0) }
        signal.continuation.yield()
    }

    func service(
        _ provider: BackupProvider? = .fileSystem, switches: SwitchStore, destination: (any BackupDestination)?
    ) -> BackupService {
        BackupService(
            provider: provider, switches: switches, activityLog: activityLog, firstDelay: .milliseconds(20),
            changes: { [signal] in signal.stream }, settings: { [self] in current.withLock { $0 } }, makeDestination: { _ in destination })
    }

    // MARK: Files of the server

    func writeLog(_ name: String, content: String = "", modified: Int64? = nil) throws {
        try write(
            "log/version-2/" + name, Array("ZKLG".utf8) + [0, 0, 0, 2] + [UInt8](repeating: 0, count: 8) + Array(content.utf8), modified)
    }

    func writeSnapshot(_ name: String, modified: Int64? = nil) throws {
        let content: [UInt8] = Array("ZKSN".utf8) + [0, 0, 0, 2] + [UInt8](repeating: 0, count: 8)
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in content {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        let checksum = withUnsafeBytes(of: UInt64(high << 16 | low).bigEndian) { Array($0) }
        try write("data/version-2/" + name, content + checksum + [0, 0, 0, 1, 0x2f], modified)
    }

    func write(_ name: String, _ bytes: [UInt8], _ modified: Int64? = nil) throws {
        let path = "\(root)/\(name)"
        try Data(bytes).write(to: URL(filePath: path))
        guard let modified else { return }
        let time = timespec(tv_sec: Int(modified / 1000), tv_nsec: Int(modified % 1000) * 1_000_000)
        var times = (time, time)
        _ = withUnsafePointer(to: &times) { pointer in
            pointer.withMemoryRebound(to: timespec.self, capacity: 2) { utimensat(AT_FDCWD, path, $0, 0) }
        }
    }

    /// A file that cannot be compressed.
    func writeNoise(_ name: String, count: Int) throws {
        let source = try OpenFile(reading: "/dev/urandom")
        var noise = [UInt8](repeating: 0, count: count)
        try noise.withUnsafeMutableBytes { buffer in
            var filled = 0
            while filled < buffer.count {
                let got = read(source.descriptor, buffer.baseAddress.map { $0 + filled }, min(1 << 20, buffer.count - filled))
                guard got > 0 else { throw TooSlow() }
                filled += got
            }
        }
        try write(name, noise)
    }

    // MARK: Waiting

    static func wait(deadline: Duration = .seconds(60), until condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + deadline
        while try await !condition() {
            guard ContinuousClock.now < end else { throw TooSlow() }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Runs a body while the service runs.
    static func running(_ service: BackupService, _ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }
}
