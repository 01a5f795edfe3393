import Glibc
import Logging
import Platform

/// A configuration in a file that several hosts share. All calls block.
///
/// - Replacing is atomic: a new file is written, flushed and renamed over the old one. Readers see the old or the new text.
/// - Compare and replace happen under an OS lock (`flock`) of a file beside it. Where the file system has no locks, the
///   pseudo lock of the callers is all there is between the comparison and the rename.
/// - The directory is opened first: a share that is not there is an error, a file that is not there is an absent configuration.
struct ConfigurationFile: Sendable {
    let directory: String
    let name: String
    var createsDirectory = false
    /// For errors.
    let store: String
    let logger: Logger

    /// No configuration comes near it.
    private static let sizeLimit = 1 << 20
    private static let lockPatience = Duration.seconds(10)
    private static let leftoverAge: Int64 = 15 * 60 * 1000

    private var lockName: String { ".\(name).lock" }
    private var temporaryPrefix: String { ".\(name).new-" }

    func read() throws -> StoredConfiguration {
        let directory = try openDirectory()
        return try read(in: directory)
    }

    /// - Returns: what is stored now; nil when the version was not current.
    func replace(with text: String, ifVersion version: String) throws -> StoredConfiguration? {
        let directory = try openDirectory()
        let lock = try takeLock(in: directory)
        // Ends with the descriptor.
        defer { _ = flock(lock.raw, LOCK_UN) }
        guard try read(in: directory).version == version else { return nil }
        try write(text, in: directory)
        removeLeftovers(in: directory)
        return StoredConfiguration(text: text, version: ContentVersion.version(of: text))
    }

    // MARK: -

    func openDirectory() throws -> FileDescriptor {
        if createsDirectory, access(directory, F_OK) != 0 { _ = mkdir(directory, 0o755) }
        return try explaining(directory) { try FileDescriptor.openDirectory(directory) }
    }

    /// An empty file is what a crash or `touch` leaves: no configuration, but one with a version.
    private func read(in directory: borrowing FileDescriptor) throws -> StoredConfiguration {
        do {
            let file = try directory.openFile(name, O_RDONLY)
            let bytes = try file.readAll(limit: Self.sizeLimit)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ConfigurationStoreError.unreadable(store: store, reason: "not UTF-8 text")
            }
            return StoredConfiguration(text: text.isEmpty ? nil : text, version: ContentVersion.version(of: text))
        } catch let error as SystemError where error.code == ENOENT {
            return StoredConfiguration(text: nil, version: ContentVersion.absent)
        } catch let error as SystemError {
            throw ConfigurationStoreError.unreachable(store: store, reason: "\(name): \(error)")
        }
    }

    private func write(_ text: String, in directory: borrowing FileDescriptor) throws {
        let temporary = temporaryPrefix + String(UInt64.random(in: 0 ... .max), radix: 16)
        do {
            do {
                let mode = (try? directory.openFile(name, O_RDONLY).status().st_mode).map { $0 & 0o777 } ?? 0o644
                let file = try directory.openFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
                _ = fchmod(file.raw, mode)
                try file.writeAll(Array(text.utf8))
                try file.synchronize()
            }
            guard renameat(directory.raw, temporary, directory.raw, name) == 0 else { throw SystemError.current }
            do {
                try directory.synchronize()
            } catch let error as SystemError where error.code == EINVAL {
                // A file system that has no directories to flush.
            }
        } catch let error as SystemError {
            try? directory.remove(temporary)
            throw ConfigurationStoreError.unreachable(store: store, reason: "writing \(name): \(error)")
        }
    }

    private func takeLock(in directory: borrowing FileDescriptor) throws -> FileDescriptor {
        do {
            let file = try directory.openFile(lockName, O_RDWR | O_CREAT, mode: 0o666)
            let deadline = ContinuousClock.now + Self.lockPatience
            while flock(file.raw, LOCK_EX | LOCK_NB) != 0 {
                switch errno {
                case EINTR: continue
                case EWOULDBLOCK:
                    guard ContinuousClock.now < deadline else { throw SystemError(code: EWOULDBLOCK) }
                    usleep(20_000)
                case ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL:
                    logger.warning("the file system has no locks", metadata: ["directory": "\(self.directory)"])
                    return file
                default: throw SystemError.current
                }
            }
            return file
        } catch let error as SystemError {
            throw ConfigurationStoreError.unreachable(store: store, reason: "locking \(lockName): \(error)")
        }
    }

    /// Half-written files of writers that died.
    private func removeLeftovers(in directory: borrowing FileDescriptor) {
        guard let names = try? directory.names(), let now = try? directory.modificationTime(of: name) else { return }
        for leftover in names where leftover.hasPrefix(temporaryPrefix) {
            guard let time = try? directory.modificationTime(of: leftover), now - time > Self.leftoverAge else { continue }
            try? directory.remove(leftover)
        }
    }

    private func explaining(_ what: String, _ body: () throws -> FileDescriptor) throws -> FileDescriptor {
        do {
            return try body()
        } catch let error as SystemError {
            throw ConfigurationStoreError.unreachable(store: store, reason: "\(what): \(error)")
        }
    }
}
