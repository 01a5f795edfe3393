import EnsembleBackup
import Glibc
import ObjectStorage
import Platform

/// Backups in a bucket, `<prefix>/<file name>/<mtime ms>` (contracts/exhibitor.md §11).
struct ObjectStorageDestination: BackupDestination {
    let storage: any ObjectStorage
    /// The first part of every key, without slashes.
    let prefix: String
    /// Bytes per millisecond that are uploaded at most; 0 or less: as many as there are.
    var throttle = 1_048_576
    /// How often a failed request is repeated, besides what the client of the service does by itself.
    var maximumRetries = 3
    var retryPause = Duration.milliseconds(1000)

    /// - prefix: as configured; slashes in it would make levels which the layout does not have.
    init(storage: any ObjectStorage, prefix: String) {
        self.storage = storage
        self.prefix = Self.part(prefix)
    }

    /// - makeStorage: opens a bucket.
    /// - Returns: nil when no bucket is set.
    static func make(_ settings: BackupSettings, makeStorage: (_ bucket: String) throws -> any ObjectStorage) throws -> Self? {
        func number(_ key: String) -> Int? { settings.value(key, of: .s3).flatMap { Int($0) } }
        guard let bucket = settings.value("bucket-name", of: .s3) else { return nil }
        var destination = ObjectStorageDestination(
            storage: try makeStorage(bucket), prefix: settings.value("key-prefix", of: .s3) ?? "exhibitor-backup")
        destination.throttle = number("throttle") ?? destination.throttle
        destination.maximumRetries = max(0, number("max-retries") ?? destination.maximumRetries)
        destination.retryPause = number("retry-sleep-ms").map { .milliseconds(max(0, $0)) } ?? destination.retryPause
        return destination
    }

    var description: String { "\(storage.summary)/\(prefix)" }

    func list() async throws -> [StoredBackup] {
        let listing = try await retrying { try await storage.list(prefix: prefix + "/") }
        return listing.entries.compactMap { object in
            let parts = object.key.dropFirst(prefix.count + 1).split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let modified = Int64(parts[1]), DataFile(name: String(parts[0])) != nil else { return nil }
            return StoredBackup(entry: BackupEntry(name: String(parts[0]), modified: modified), bytes: Int(object.size))
        }
    }

    func store(_ entry: BackupEntry, from path: String) async throws -> Int {
        let directory = ProcessEnvironment.current["TMPDIR"] ?? "/tmp"
        // Never published: it is gone with this process, whatever ends it.
        let compressed = try await Files.onThread {
            let spool = try PendingFile(at: "\(directory)/zk-backup-\(entry.name)-\(entry.modified)")
            try Gzip.compress(OpenFile(reading: path), to: spool.file)
            return spool
        }
        let clock = ContinuousClock()
        try await retrying {
            try await storage.upload(file: compressed.writablePath, to: key(entry)) { [throttle] bytes in
                guard throttle > 0 else { return }
                try await clock.sleep(for: .milliseconds(bytes / throttle))
            }
        }
        return try await Files.onThread { try compressed.file.information().size }
    }

    func delete(_ entry: BackupEntry) async throws {
        try await retrying { try await storage.delete(key(entry)) }
    }

    func fetch(_ entry: BackupEntry, to path: String) async throws {
        let compressed = path + ".gz"
        let size = try await retrying { try await storage.download(key(entry), to: compressed) }
        guard size != nil else {
            throw BackupError.file(operation: "read", path: "\(storage.summary)/\(key(entry))", reason: "no such object")
        }
        try await Files.onThread {
            defer { unlink(compressed) }
            let pending = try PendingFile(at: path)
            try Gzip.expand(OpenFile(reading: compressed), to: pending.file)
            try pending.publish()
        }
    }

    private func key(_ entry: BackupEntry) -> String { "\(prefix)/\(Self.part(entry.name))/\(entry.modified)" }

    private static func part(_ text: String) -> String { String(text.map { $0 == "/" ? "_" : $0 }) }

    private func retrying<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        for _ in 0..<maximumRetries {
            do {
                return try await body()
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try await Task.sleep(for: retryPause)
            }
        }
        return try await body()
    }
}
