/// The keys of a pseudo lock as files.
struct FileLockDirectory: LockDirectory {
    let shared: SharedDirectory
    let files: BlockingFiles
    /// Name of the file that tells the time of the share.
    let clock: String

    func create(_ name: String, content: String) async throws {
        let shared = shared
        try await files.run { try shared.write(name, content, isNew: true) }
    }

    func list(prefixes: [String]) async throws -> [LockKey] {
        let (shared, clock) = (shared, clock)
        return try await files.run { try shared.list(prefixes: prefixes.map { $0 + "_" }, clock: clock) }
    }

    func delete(_ name: String) async throws {
        let shared = shared
        try await files.run { try shared.remove(name) }
    }
}
