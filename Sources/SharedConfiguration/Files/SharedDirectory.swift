import Glibc
import Logging
import Platform

/// Small marker files in a directory that several hosts share: keys of a lock, candidates. All calls block.
///
/// Ages are by the clock of the share: what a file of ours says right after it was written, not our own clock.
struct SharedDirectory: Sendable {
    let path: String
    /// For errors.
    let store: String

    func write(_ name: String, _ content: String, isNew: Bool) throws {
        try explaining(name) {
            let directory = try FileDescriptor.openDirectory(path)
            let file = try directory.openFile(name, O_WRONLY | O_CREAT | (isNew ? O_EXCL : O_TRUNC), mode: 0o644)
            try file.writeAll(Array(content.utf8))
            // Others must see it, it need not survive a crash: not flushed.
            // Writing nothing or the same may leave the time as it was.
            guard futimens(file.raw, nil) == 0 else { throw SystemError.current }
        }
    }

    func remove(_ name: String) throws {
        try explaining(name) { try FileDescriptor.openDirectory(path).remove(name) }
    }

    /// The files whose names begin with one of the prefixes, with the time since they were written.
    /// - clock: a file that is written to learn the time of the share.
    func list(prefixes: [String], clock: String) throws -> [LockKey] {
        try explaining(path) {
            let directory = try FileDescriptor.openDirectory(path)
            let names = try directory.names().filter { name in prefixes.contains { name.hasPrefix($0) } }
            if names.isEmpty { return [] }
            let now = try time(in: directory, clock: clock)
            return try names.compactMap { name in
                guard let time = try directory.modificationTime(of: name) else { return nil }
                return LockKey(name: name, age: .milliseconds(now - time))
            }
        }
    }

    private func time(in directory: borrowing FileDescriptor, clock: String) throws -> Int64 {
        let file = try directory.openFile(clock, O_WRONLY | O_CREAT, mode: 0o666)
        guard futimens(file.raw, nil) == 0 else { throw SystemError.current }
        guard let time = try directory.modificationTime(of: clock) else { throw SystemError(code: ENOENT) }
        return time
    }

    private func explaining<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SystemError {
            throw ConfigurationStoreError.unreachable(store: store, reason: "\(what): \(error)")
        }
    }
}
