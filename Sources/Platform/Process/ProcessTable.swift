import FoundationEssentials

/// What the kernel tells about processes.
enum ProcessTable {
    /// The ids of all processes that can be seen.
    static func processIDs() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.sorted()
    }

    /// The words of its command line; empty when it has ended.
    static func commandLine(of pid: Int32) -> [String] {
        guard let bytes = FileAccess.bytes("/proc/\(pid)/cmdline") else { return [] }
        return bytes.split(separator: 0, omittingEmptySubsequences: true).map { String(decoding: $0, as: UTF8.self) }
    }
}
