import Glibc
import Platform

/// Measures how long a directory's disk takes to keep a block, and how much room is left. Every call blocks.
enum DiskProbe {
    private static let fileName = ".exhibitor-preflight"
    private static let rounds = 5
    private static let block = 4096

    /// Nil when there is no such directory yet.
    static func measure(_ path: String) -> PreflightMeasurements.Disk? {
        guard access(path, F_OK) == 0 else { return nil }
        var disk = PreflightMeasurements.Disk(path: path, sync: sync(path))
        var room = statvfs()
        guard statvfs(path, &room) == 0 else { return disk }
        disk.free = UInt64(room.f_bavail) * UInt64(room.f_frsize)
        disk.total = UInt64(room.f_blocks) * UInt64(room.f_frsize)
        disk.freeEntries = room.f_files > 0 ? Double(room.f_favail) / Double(room.f_files) : nil
        return disk
    }

    /// Like the server does: blocks appended one after the other, each kept before the next.
    private static func sync(_ path: String) -> PreflightMeasurements.Disk.Sync {
        let file = path + "/" + fileName
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return .failed(reason: SystemError.current.description) }
        defer {
            close(descriptor)
            unlink(file)
        }
        let bytes = [UInt8](repeating: 0, count: block)
        var durations: [Duration] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            guard write(descriptor, bytes, bytes.count) == bytes.count, fdatasync(descriptor) == 0 else {
                return .failed(reason: SystemError.current.description)
            }
            durations.append(ContinuousClock.now - start)
        }
        return .took(durations)
    }
}
