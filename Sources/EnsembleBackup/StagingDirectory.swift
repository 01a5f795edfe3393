import Glibc

/// A directory for work that is not finished, for us alone. Those of processes that died are removed by the next.
struct StagingDirectory: Sendable {
    private static let prefix = "zk-backup-"

    let path: String

    /// Blocks.
    init(in parent: String) throws {
        guard Files.isDirectory(parent) else { throw BackupError.missingParent(path: parent) }
        Self.sweep(parent)
        path = "\(parent)/\(Self.prefix)\(getpid())-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"
        guard mkdir(path, 0o700) == 0 else { throw Files.failure("create directory", path) }
    }

    /// Blocks.
    func remove() { Files.removeTree(path) }

    /// Runs a body with a directory that is gone afterwards.
    static func with<Result: Sendable>(in parent: String, _ body: (String) async throws -> Result) async throws -> Result {
        let staging = try await Files.onThread { try StagingDirectory(in: parent) }
        let result: Result
        do {
            result = try await body(staging.path)
        } catch {
            try? await Files.onThread { staging.remove() }
            throw error
        }
        try await Files.onThread { staging.remove() }
        return result
    }

    private static func sweep(_ parent: String) {
        for name in (try? Files.names(in: parent)) ?? [] where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            var information = stat()
            guard let pid = Int32(name.dropFirst(prefix.count).prefix { $0.isNumber }), lstat(path, &information) == 0,
                information.st_uid == getuid(), information.st_mode & S_IFMT == S_IFDIR, kill(pid, 0) != 0, errno == ESRCH
            else { continue }
            Files.removeTree(path)
        }
    }
}
