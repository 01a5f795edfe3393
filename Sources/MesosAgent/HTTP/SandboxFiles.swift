import FoundationEssentials
import Glibc
import ResourceModel

/// The files API: virtual paths onto attached files and directories, out of which no path leads (contracts/mesos.md §7).
/// Every function blocks.
struct SandboxFiles: Sendable {
    enum Failure: Error, Sendable, Hashable {
        case notFound
        /// With the message of the contract.
        case bad(String)
    }

    /// Bytes of one read: 16 pages.
    static let maximumLength = 65536

    /// By virtual path.
    let attached: [String: String]

    init(snapshot: Agent.Snapshot, paths: AgentPaths, log: String?) {
        var attached: [String: String] = [:]
        for run in snapshot.completed.map(\.run) + Array(snapshot.runs.values) {
            let directory = paths.run(run)
            attached[directory] = directory
            attached["/framework/\(run.key.framework)/executor/\(run.key.task)/latest"] = directory
        }
        if let log { attached["/slave/log"] = log }
        self.attached = attached
    }

    init(attached: [String: String]) { self.attached = attached }

    /// An open file or directory. Its descriptor is the caller's.
    private func open(_ virtual: String) throws -> (file: Int32, information: stat) {
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

    func browse(_ virtual: String) throws -> [UInt8] {
        let (file, information) = try open(virtual)
        guard information.st_mode & S_IFMT == S_IFDIR else {
            close(file)
            return JSONValue.array([]).bytes
        }
        guard let directory = fdopendir(file) else {
            close(file)
            throw Failure.notFound
        }
        defer { closedir(directory) }
        var base = virtual
        while base.count > 1, base.hasSuffix("/") { base.removeLast() }
        var entries: [(path: String, value: JSONValue)] = []
        var users: [UInt32: String] = [:]
        var groups: [UInt32: String] = [:]
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            var status = stat()
            guard fstatat(file, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let user = users[status.st_uid] ?? UserAccount.name(ofUser: status.st_uid)
            let group = groups[status.st_gid] ?? UserAccount.name(ofGroup: status.st_gid)
            users[status.st_uid] = user
            groups[status.st_gid] = group
            let path = base + "/" + name
            entries.append(
                (
                    path,
                    .object([
                        ("path", .string(path)), ("nlink", .int(Int(status.st_nlink))), ("size", .int(Int(status.st_size))),
                        ("mtime", .int(status.st_mtim.tv_sec)), ("mode", .string(Self.mode(status.st_mode))), ("uid", .string(user)),
                        ("gid", .string(group)),
                    ])
                ))
        }
        return JSONValue.array(entries.sorted { $0.path < $1.path }.map(\.value)).bytes
    }

    /// `-rw-r--r--`.
    static func mode(_ mode: mode_t) -> String {
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
    func read(_ virtual: String, offset: Int, length: Int) throws -> [UInt8] {
        if offset < -1 { throw Failure.bad("Negative offset provided: \(offset).\n") }
        if length < -1 { throw Failure.bad("Negative length provided: \(length).\n") }
        let (file, information) = try open(virtual)
        defer { close(file) }
        guard information.st_mode & S_IFMT == S_IFREG else { throw Failure.bad("Cannot read a directory.\n") }
        let size = Int(information.st_size)
        guard offset >= 0, offset < size else {
            return JSONValue.object([("data", .string("")), ("offset", .int(size))]).bytes
        }
        let wanted = min(length == -1 ? Self.maximumLength : length, Self.maximumLength)
        var buffer = [UInt8](repeating: 0, count: wanted)
        let count = pread(file, &buffer, wanted, off_t(offset))
        guard count >= 0 else { throw Failure.bad("Failed to read file: \(SystemFailure.text(errno)).\n") }
        return JSONValue.object([("data", .string(String(decoding: buffer[..<count], as: UTF8.self))), ("offset", .int(offset))]).bytes
    }

    // MARK: Download

    /// The descriptor is the caller's.
    func download(_ virtual: String) throws -> (file: Int32, size: Int) {
        let (file, information) = try open(virtual)
        guard information.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw Failure.bad("Cannot download a directory.\n")
        }
        return (file, Int(information.st_size))
    }

    static func contentType(of name: String) -> String {
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
