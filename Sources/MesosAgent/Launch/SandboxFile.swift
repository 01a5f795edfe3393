import Glibc
import TaskProcess

/// Files that the agent itself creates in a sandbox. A task's archive may have planted links there, so no component of a
/// path is followed. Blocks.
enum SandboxFile {
    /// A new file for writing; an old one of the name is removed, missing directories are created.
    /// - relativePath: without `..`.
    static func create(_ relativePath: String, in sandbox: String, owner: ShimSpecification.Identity?, mode: mode_t = 0o644) throws -> Int32
    {
        var components = relativePath.split(separator: "/").map(String.init).filter { $0 != "." }
        guard let name = components.popLast(), name != "..", !components.contains("..") else {
            throw LaunchFailure.container("'\(relativePath)' is not a path inside the sandbox")
        }
        var directory = open(sandbox, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw SystemFailure("cannot open \(sandbox)") }
        defer { close(directory) }
        for component in components {
            if mkdirat(directory, component, 0o755) == 0, let owner {
                fchownat(directory, component, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW)
            }
            let next = openat(directory, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw SystemFailure("cannot open \(relativePath) in the sandbox") }
            close(directory)
            directory = next
        }
        unlinkat(directory, name, 0)
        let file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw SystemFailure("cannot create \(relativePath) in the sandbox") }
        if let owner { fchown(file, owner.uid, owner.gid) }
        return file
    }

    /// A file in the sandbox itself, to be appended to.
    static func append(_ name: String, in sandbox: String, owner: ShimSpecification.Identity?) throws -> Int32 {
        let path = sandbox + "/" + name
        let isNew = DirectoryTree.information(path) == nil
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw SystemFailure("cannot open \(name) in the sandbox") }
        var information = stat()
        guard fstat(file, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw SystemFailure("\(name) in the sandbox is not a file", code: EINVAL)
        }
        if isNew, let owner { fchown(file, owner.uid, owner.gid) }
        return file
    }

    static func write(_ bytes: [UInt8], to file: Int32) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: offset), bytes.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemFailure("cannot write") }
            offset += count
        }
    }
}
