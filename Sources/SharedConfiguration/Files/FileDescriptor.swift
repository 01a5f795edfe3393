import Glibc
import Platform

/// An open file or directory; closed when it goes out of scope. All calls block.
struct FileDescriptor: ~Copyable {
    let raw: Int32

    private init(_ raw: Int32) { self.raw = raw }

    deinit { close(raw) }

    /// - Throws: `SystemError`; `ENOENT` means that this directory, or one above it, is not there.
    static func openDirectory(_ path: String) throws -> FileDescriptor {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError.current }
        return FileDescriptor(descriptor)
    }

    /// A file of this directory.
    /// - Throws: `SystemError`; `ENOENT` means that the file is not there (the directory is).
    func openFile(_ name: String, _ flags: Int32, mode: mode_t = 0) throws -> FileDescriptor {
        let descriptor = openat(raw, name, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemError.current }
        return FileDescriptor(descriptor)
    }

    func status() throws -> stat {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw SystemError.current }
        return status
    }

    /// - limit: bytes; more is an error (`EFBIG`).
    func readAll(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = read(raw, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError.current
            }
            bytes += buffer[..<count]
            if bytes.count > limit { throw SystemError(code: EFBIG) }
        }
    }

    func writeAll(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(raw, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError.current
            }
            rest = rest.dropFirst(count)
        }
    }

    func synchronize() throws {
        guard fsync(raw) == 0 else { throw SystemError.current }
    }

    /// The names in this directory, without `.` and `..`.
    func names() throws -> [String] {
        // An own description: reading moves the position of the one it is given.
        let copy = openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw SystemError.current }
        guard let stream = fdopendir(copy) else {
            let error = SystemError.current
            close(copy)
            throw error
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw SystemError.current }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Milliseconds since 1970 of the last modification of a file of this directory; nil when it is not there.
    func modificationTime(of name: String) throws -> Int64? {
        var status = stat()
        guard fstatat(raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemError.current
        }
        return Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
    }

    /// A file that is not there is fine.
    func remove(_ name: String) throws {
        guard unlinkat(raw, name, 0) == 0 || errno == ENOENT else { throw SystemError.current }
    }
}
