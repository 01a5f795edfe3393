import CLinux
import FoundationEssentials
import Glibc
import NIOPosix
import Platform

/// Files and directories. Every call blocks: use `onThread` around a piece of work.
public enum Files {
    /// Runs blocking work on a thread of a pool.
    public static func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    public enum Kind: Sendable { case file, directory, other }

    /// What is at a path, without following a link there; nil when nothing is.
    public static func kind(_ path: String) -> Kind? {
        var information = stat()
        guard lstat(path, &information) == 0 else { return nil }
        return switch information.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        default: .other
        }
    }

    /// Whether it is a directory, also through a link.
    public static func isDirectory(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// Names in a directory; empty when there is none.
    public static func names(in directory: String) throws -> [String] {
        guard let stream = opendir(directory) else {
            guard errno == ENOENT else { throw failure("list", directory) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Creates it with its parents; those that exist keep their mode.
    public static func makeDirectory(_ path: String, mode: mode_t = 0o700) throws {
        guard mkdir(path, mode) != 0 else { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeDirectory(String(path[..<slash]), mode: mode)
            guard mkdir(path, mode) == 0 || errno == EEXIST else { throw failure("create directory", path) }
            return
        }
        guard errno == EEXIST else { throw failure("create directory", path) }
    }

    public static func removeTree(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    public static func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// The bytes that an ordinary user may still write to the file system of a path.
    public static func freeSpace(_ path: String) -> Int? {
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return nil }
        return Int(information.f_bavail) * Int(information.f_frsize)
    }

    public static func require(space needed: Int, in directory: String) throws {
        guard let available = freeSpace(directory), available < needed else { return }
        throw BackupError.notEnoughSpace(path: directory, needed: needed, available: available)
    }

    /// Makes the entries of a directory survive a power failure.
    public static func syncDirectory(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        // Some network file systems know no sync of directories.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("sync", path) }
    }

    /// Makes everything below a path survive a power failure.
    static func syncFileSystem(of path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { close(descriptor) }
        guard clinux_sync_file_system(descriptor) == 0 else { throw failure("sync", path) }
    }

    /// The directory of a path: `.` for a bare name.
    public static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    public static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws -> OpenFile {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(flags & (O_WRONLY | O_RDWR) == 0 ? "read" : "write", path) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    static func failure(_ operation: String, _ path: String) -> BackupError {
        .file(operation: operation, path: path, reason: SystemError.current.description)
    }

    private static func open(_ path: String, _ flags: Int32) -> Int32 { Glibc.open(path, flags) }
}
