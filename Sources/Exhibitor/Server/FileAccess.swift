import Platform
import FoundationEssentials
import Glibc

/// Small files, read and written whole. Every call blocks.
enum FileAccess {
    static func isPresent(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// The rights of owner, group and others; nil when there is no such file.
    static func permissions(_ path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// Bytes of a file; nil when there is none.
    static func size(_ path: String) -> Int? {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_size : nil
    }

    /// Reads to the end, also where the size is not known before (`/proc`). Nil when it cannot be read.
    static func bytes(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    static func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The last `limit` bytes as text, from the first whole line on.
    static func tail(_ path: String, limit: Int) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        let start = max(0, size - limit)
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = pread(descriptor, &buffer, limit, start)
        guard count > 0 else { return count == 0 ? "" : nil }
        var bytes = buffer[..<count]
        if start > 0, let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) { bytes = bytes[(newline + 1)...] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Replaces the file as a whole: a reader, or a crash, sees the old content or the new one.
    /// - mode: of the new file, whatever the old one had.
    static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(ServerStartError) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("write", path) }
        // One that a crash left behind keeps its mode when it is opened again.
        guard fchmod(descriptor, mode) == 0 else {
            defer { close(descriptor) }
            throw failure("write", path)
        }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                defer { close(descriptor) }
                throw failure("write", path)
            }
            bytes.removeFirst(count)
        }
        guard fsync(descriptor) == 0 else {
            defer { close(descriptor) }
            throw failure("write", path)
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw failure("write", path) }
    }

    static func remove(_ path: String) throws(ServerStartError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    /// Creates it with its parents; one that exists keeps its mode.
    static func createDirectory(_ path: String, mode: mode_t) throws(ServerStartError) {
        var parent = ""
        let parts = path.split(separator: "/")
        for (index, part) in parts.enumerated() {
            parent += (index == 0 && !path.hasPrefix("/") ? "" : "/") + part
            guard mkdir(parent, index == parts.count - 1 ? mode : 0o755) == 0 || errno == EEXIST else {
                throw failure("create directory", parent)
            }
        }
    }

    static func createParent(of path: String) throws(ServerStartError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        try createDirectory(String(path[..<slash]), mode: 0o755)
    }

    /// Paths of the regular files below a directory, relative to it; hidden ones are left out.
    static func files(below directory: String) -> [String] {
        let manager = FileManager.default
        var found: [String] = []
        var pending = [""]
        while let folder = pending.popLast() {
            for name in (try? manager.contentsOfDirectory(atPath: directory + "/" + folder)) ?? [] where !name.hasPrefix(".") {
                let path = folder.isEmpty ? name : folder + "/" + name
                var isDirectory = false
                guard manager.fileExists(atPath: directory + "/" + path, isDirectory: &isDirectory) else { continue }
                if isDirectory { pending.append(path) } else { found.append(path) }
            }
        }
        return found.sorted()
    }

    private static func failure(_ operation: String, _ path: String) -> ServerStartError {
        .file(operation: operation, path: path, reason: SystemError.current.description)
    }
}
