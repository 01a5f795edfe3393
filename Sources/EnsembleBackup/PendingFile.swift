import CLinux
import Glibc
import Platform

/// A file that gets its name when it is complete: whoever dies while writing leaves nothing that looks like a result.
///
/// Where the file system knows files without names (`O_TMPFILE`) there is nothing at all before `publish`; elsewhere
/// (NFS) it is `.<name>.partial-<number>`, removed with this object, or by `removeLeftovers` after a crash.
public final class PendingFile: Sendable {
    public let path: String
    public let file: OpenFile
    /// Its name so far; nil when it has none.
    private let partialPath: String?

    /// - path: of the finished file; its directory must exist.
    /// - mode: of the finished file.
    public init(at path: String, mode: mode_t = 0o600) throws {
        self.path = path
        let unnamed = clinux_open_unnamed(Files.parent(of: path), mode)
        if unnamed >= 0 {
            file = OpenFile(descriptor: unnamed, path: path)
            partialPath = nil
            return
        }
        guard [EOPNOTSUPP, EISDIR, EINVAL, ENOENT].contains(errno) else { throw Files.failure("write", path) }
        let partial =
            "\(Files.parent(of: path))/.\(Files.name(of: path))\(Self.marker)\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        let named = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard named >= 0 else { throw Files.failure("write", path) }
        file = OpenFile(descriptor: named, path: path)
        partialPath = partial
    }

    private static let marker = ".partial-"

    deinit {
        if let partialPath { unlink(partialPath) }
    }

    /// A path under which another program can write to it for as long as this process lives.
    public var writablePath: String { "/proc/\(getpid())/fd/\(file.descriptor)" }

    /// Makes the content durable and the name appear.
    /// - Throws: `BackupError.targetExists`: a file of that name is never replaced.
    public func publish() throws {
        try file.sync()
        let result =
            if let partialPath {
                link(partialPath, path)
            } else {
                linkat(AT_FDCWD, "/proc/self/fd/\(file.descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
            }
        guard result == 0 else {
            if errno == EEXIST { throw BackupError.targetExists(path: path) }
            throw Files.failure("write", path)
        }
        try Files.syncDirectory(Files.parent(of: path))
    }

    /// Removes what writers left that died, from a directory.
    /// - before: milliseconds since 1970; what changed later may belong to one that lives.
    public static func removeLeftovers(in directory: String, before limit: Int64) throws {
        for name in try Files.names(in: directory) where name.hasPrefix(".") && name.contains(marker) {
            let path = "\(directory)/\(name)"
            guard let file = try? OpenFile(reading: path), try file.information().modified < limit else { continue }
            unlink(path)
        }
    }
}
