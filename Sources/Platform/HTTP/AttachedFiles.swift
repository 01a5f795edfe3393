import Glibc

/// The files API of Mesos: virtual paths onto attached files and directories, out of which no path leads
/// (contracts/mesos.md §7). Every function blocks.
public struct AttachedFiles: Sendable {
    public enum Failure: Error, Sendable, Hashable {
        case notFound
        /// With the message of the contract.
        case bad(String)
    }

    /// One entry of a directory.
    public struct Entry: Sendable, Hashable {
        /// The virtual path.
        public var path: String
        public var linkCount: Int
        /// Bytes.
        public var size: Int
        /// Seconds since the epoch.
        public var modified: Int
        /// As of stat(2).
        public var mode: UInt32
        public var user: String
        public var group: String
    }

    /// A part of a file.
    public struct Part: Sendable, Hashable {
        public var bytes: [UInt8]
        /// Of the first byte, or the size of the file when the part begins at its end.
        public var offset: Int
        /// Of the whole file.
        public var size: Int
    }

    /// Bytes of one read: 16 pages.
    public static let maximumLength = 65536

    /// By virtual path.
    public let attached: [String: String]

    public init(attached: [String: String]) { self.attached = attached }

    /// An open file or directory. Its descriptor is the caller's.
    func open(_ virtual: String) throws -> (file: Int32, information: stat) {
        var prefix = virtual
        while prefix.count > 1, prefix.hasSuffix("/") { prefix.removeLast() }
        let whole = prefix
        while attached[prefix] == nil {
            guard let slash = prefix.lastIndex(of: "/"), slash != prefix.startIndex else { throw Failure.notFound }
            prefix = String(prefix[..<slash])
        }
        guard let target = attached[prefix] else { throw Failure.notFound }
        let rest = String(whole.dropFirst(prefix.count))
        guard let root = Self.canonical(target), let path = Self.canonical(root + rest) else { throw Failure.notFound }
        guard path == root || path.hasPrefix(root == "/" ? "/" : root + "/") else { throw Failure.bad("'\(virtual)' is inaccessible.\n") }
        // The canonical path has no links; one that a task puts there meanwhile is not followed.
        var file = Glibc.open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for component in path.split(separator: "/") {
            let next = openat(file, String(component), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            let code = errno
            close(file)
            guard next >= 0 else {
                throw code == ENOENT ? Failure.notFound : Failure.bad("'\(virtual)' is inaccessible.\n")
            }
            file = next
        }
        var information = stat()
        guard fstat(file, &information) == 0 else {
            close(file)
            throw Failure.notFound
        }
        let kind = information.st_mode & S_IFMT
        guard kind == S_IFREG || kind == S_IFDIR else {
            close(file)
            throw Failure.bad("'\(virtual)' is inaccessible.\n")
        }
        return (file, information)
    }

    private static func canonical(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    // MARK: Browse

    /// The entries of a directory by path; none for a regular file.
    public func browse(_ virtual: String) throws -> [Entry] {
        let (file, information) = try open(virtual)
        guard information.st_mode & S_IFMT == S_IFDIR else {
            close(file)
            return []
        }
        guard let directory = fdopendir(file) else {
            close(file)
            throw Failure.notFound
        }
        defer { closedir(directory) }
        var base = virtual
        while base.count > 1, base.hasSuffix("/") { base.removeLast() }
        var entries: [Entry] = []
        var users: [UInt32: String] = [:]
        var groups: [UInt32: String] = [:]
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard fstatat(file, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let user = users[status.st_uid] ?? AccountName.ofUser(status.st_uid)
            let group = groups[status.st_gid] ?? AccountName.ofGroup(status.st_gid)
            users[status.st_uid] = user
            groups[status.st_gid] = group
            entries.append(
                Entry(
                    path: base + "/" + name, linkCount: Int(status.st_nlink), size: Int(status.st_size),
                    modified: status.st_mtim.tv_sec, mode: status.st_mode, user: user, group: group))
        }
        return entries.sorted { $0.path < $1.path }
    }

    /// `-rw-r--r--`.
    public static func text(ofMode mode: mode_t) -> String {
        let kind: Character =
            switch mode & S_IFMT {
            case S_IFDIR: "d"
            case S_IFLNK: "l"
            case S_IFIFO: "p"
            case S_IFSOCK: "s"
            case S_IFBLK: "b"
            case S_IFCHR: "c"
            default: "-"
            }
        var text = String(kind)
        for (index, letter) in "rwxrwxrwx".enumerated() { text.append(mode & (0o400 >> mode_t(index)) != 0 ? letter : "-") }
        return text
    }

    // MARK: Read

    /// - offset: -1 for the size of the file. - length: -1 for as much as one answer holds.
    public func read(_ virtual: String, offset: Int, length: Int) throws -> Part {
        if offset < -1 { throw Failure.bad("Negative offset provided: \(offset).\n") }
        if length < -1 { throw Failure.bad("Negative length provided: \(length).\n") }
        let (file, information) = try open(virtual)
        defer { close(file) }
        guard information.st_mode & S_IFMT == S_IFREG else { throw Failure.bad("Cannot read a directory.\n") }
        let size = Int(information.st_size)
        guard offset >= 0, offset < size else { return Part(bytes: [], offset: size, size: size) }
        let wanted = min(length == -1 ? Self.maximumLength : length, Self.maximumLength)
        var buffer = [UInt8](repeating: 0, count: wanted)
        let count = pread(file, &buffer, wanted, off_t(offset))
        guard count >= 0 else { throw Failure.bad("Failed to read file: \(SystemError.current).\n") }
        return Part(bytes: Array(buffer[..<count]), offset: offset, size: size)
    }

    // MARK: Download

    /// The descriptor is the caller's.
    public func download(_ virtual: String) throws -> (file: Int32, size: Int) {
        let (file, information) = try open(virtual)
        guard information.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw Failure.bad("Cannot download a directory.\n")
        }
        return (file, Int(information.st_size))
    }

    public static func contentType(of name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return switch name[name.index(after: dot)...] {
        case "txt", "log", "text": "text/plain"
        case "html", "htm": "text/html"
        case "css": "text/css"
        case "js": "application/javascript"
        case "json": "application/json"
        case "xml": "application/xml"
        case "csv": "text/csv"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "gif": "image/gif"
        case "svg": "image/svg+xml"
        case "pdf": "application/pdf"
        case "gz", "tgz": "application/x-gzip"
        case "tar": "application/x-tar"
        case "zip": "application/zip"
        default: "application/octet-stream"
        }
    }
}
