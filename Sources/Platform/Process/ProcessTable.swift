import FoundationEssentials
import Glibc

/// What the kernel tells about processes.
public enum ProcessTable {
    /// The ids of all processes that can be seen.
    public static func processIDs() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.sorted()
    }

    /// The words of its command line; empty when it has ended.
    public static func commandLine(of pid: Int32) -> [String] {
        read("/proc/\(pid)/cmdline").split(separator: 0, omittingEmptySubsequences: true).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Its parent and its start time in clock ticks since boot, which tells it from a later process with the same id.
    /// Nil when it has ended.
    public static func identity(of pid: Int32) -> (parent: Int32, startTime: UInt64)? {
        // The name in parentheses may hold anything: fields are counted from behind it.
        guard let end = String(decoding: read("/proc/\(pid)/stat"), as: UTF8.self).split(separator: ")").last else { return nil }
        let fields = end.split(separator: " ")
        guard fields.count > 19, let parent = Int32(fields[1]), let start = UInt64(fields[19]), fields[0] != "Z" else { return nil }
        return (parent, start)
    }

    /// Files of /proc have no size: read to the end.
    private static func read(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return result }
            result += buffer[..<count]
        }
    }
}
