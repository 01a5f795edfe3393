import Glibc

/// Making and removing directories. Blocks. Links are never followed.
enum DirectoryTree {
    /// Creates a directory and what is missing above it; an existing one is fine.
    static func create(_ path: String, mode: mode_t) throws {
        if mkdir(path, mode) == 0 { return }
        if errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemFailure("cannot create directory \(path)")
        }
        try create(String(path[..<slash]), mode: mode)
        if mkdir(path, mode) != 0, errno != EEXIST { throw SystemFailure("cannot create directory \(path)") }
    }

    /// Points a symbolic link somewhere, in one step.
    static func link(_ path: String, to target: String) throws {
        let beside = path + ".new"
        unlink(beside)
        guard symlink(target, beside) == 0, rename(beside, path) == 0 else { throw SystemFailure("cannot link \(path)") }
    }

    /// Names in a directory, without `.` and `..`, sorted; empty when it cannot be read.
    static func names(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        return Self.names(of: directory).sorted()
    }

    private static func names(of directory: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    static func information(_ path: String) -> stat? {
        var result = stat()
        return lstat(path, &result) == 0 ? result : nil
    }

    static func isDirectory(_ path: String) -> Bool { information(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// Removes a tree as far as it can. Neither links nor mounts are followed, also those that somebody puts there
    /// meanwhile: every step goes by the open directory above it.
    static func remove(_ path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let mounts = Set(MountPoints.below(path, orAt: true))
        let parent = open(slash == path.startIndex ? "/" : String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { return }
        defer { close(parent) }
        var information = stat()
        guard fstatat(parent, String(path[path.index(after: slash)...]), &information, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        remove(String(path[path.index(after: slash)...]), in: parent, path: path, device: information.st_dev, mounts: mounts, depth: 0)
    }

    /// Empties a directory in the same way.
    static func removeContents(_ path: String) {
        guard isDirectory(path) else { return }
        for name in names(path) { remove(path + "/" + name) }
    }

    /// Deeper trees than any program makes by accident would cost more stack and descriptors than there are.
    private static let maximumDepth = 1000

    private static func remove(_ name: String, in parent: Int32, path: String, device: dev_t, mounts: Set<String>, depth: Int) {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        guard !mounts.contains(path), depth < maximumDepth else { return }
        let directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { return }
        var information = stat()
        guard fstat(directory, &information) == 0, information.st_dev == device else {
            close(directory)
            return
        }
        for child in names(of: directory) {
            remove(child, in: directory, path: path + "/" + child, device: device, mounts: mounts, depth: depth + 1)
        }
        close(directory)
        unlinkat(parent, name, AT_REMOVEDIR)
    }

    /// Names in an open directory, which stays open.
    private static func names(of directory: Int32) -> [String] {
        let copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { return [] }
        guard let stream = fdopendir(copy) else {
            close(copy)
            return []
        }
        defer { closedir(stream) }
        return names(of: stream)
    }

    /// Bytes on disk of everything below; what is mounted at `excluding` is left out.
    static func size(_ path: String, excluding mounts: [String] = []) -> Int {
        guard let information = information(path) else { return 0 }
        var sum = Int(information.st_blocks) * 512
        if information.st_mode & S_IFMT == S_IFDIR {
            for name in names(path) where !mounts.contains(path + "/" + name) { sum += size(path + "/" + name, excluding: mounts) }
        }
        return sum
    }
}
