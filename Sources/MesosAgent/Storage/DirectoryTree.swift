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
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func information(_ path: String) -> stat? {
        var result = stat()
        return lstat(path, &result) == 0 ? result : nil
    }

    static func isDirectory(_ path: String) -> Bool { information(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// Removes a tree as far as it can; stays on its file system, so that a mounted volume keeps its contents.
    static func remove(_ path: String) {
        guard let information = information(path) else { return }
        guard information.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        removeContents(path, device: information.st_dev)
        rmdir(path)
    }

    private static func removeContents(_ path: String, device: dev_t) {
        for name in names(path) {
            let child = path + "/" + name
            guard let information = information(child) else { continue }
            if information.st_mode & S_IFMT == S_IFDIR {
                guard information.st_dev == device else { continue }
                removeContents(child, device: device)
                rmdir(child)
            } else {
                unlink(child)
            }
        }
    }

    /// Bytes on disk of everything below.
    static func size(_ path: String) -> Int {
        guard let information = information(path) else { return 0 }
        var sum = Int(information.st_blocks) * 512
        if information.st_mode & S_IFMT == S_IFDIR {
            for name in names(path) { sum += size(path + "/" + name) }
        }
        return sum
    }
}
