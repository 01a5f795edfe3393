import FoundationEssentials
import Glibc

/// Temporary directories that carry the id of the process which made them, so that those of killed test runs can be
/// told from live ones and removed.
enum TestDirectory {
    private static let prefix = "test-ensemble-"
    private static var root: String { ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp" }

    static func make() throws -> String {
        let path = "\(root)/\(prefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Removes what processes left that are no more.
    static func sweep() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] where name.hasPrefix(prefix) {
            guard let pid = Int32(name.dropFirst(prefix.count).prefix { $0.isNumber }) else { continue }
            if kill(pid, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(atPath: "\(root)/\(name)") }
        }
    }
}
