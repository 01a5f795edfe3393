import Glibc

/// Small files that are either whole or absent, also after a crash of the machine.
public enum DurableFile {
    /// Writes beside, syncs, renames, syncs the directory. Blocks.
    /// - Returns: 0 or an errno.
    public static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) -> Int32 {
        // A name of its own: the same file may be written by two at once, the last one wins.
        let beside = path + ".new" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard file >= 0 else { return errno }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: offset), bytes.count - offset) }
            if count < 0 {
                if errno == EINTR { continue }
                return abandon(file, beside)
            }
            offset += count
        }
        if fsync(file) != 0 { return abandon(file, beside) }
        close(file)
        if rename(beside, path) != 0 {
            let error = errno
            unlink(beside)
            return error
        }
        return syncDirectory(of: path)
    }

    private static func abandon(_ file: Int32, _ path: String) -> Int32 {
        let error = errno
        close(file)
        unlink(path)
        return error
    }

    /// Makes the names in a file's directory durable.
    public static func syncDirectory(of path: String) -> Int32 {
        var parent = "."
        if let slash = path.lastIndex(of: "/") { parent = slash == path.startIndex ? "/" : String(path[..<slash]) }
        let directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return errno }
        defer { close(directory) }
        return fsync(directory) == 0 ? 0 : errno
    }
}
