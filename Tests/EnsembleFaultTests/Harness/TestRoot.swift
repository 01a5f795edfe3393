import FoundationEssentials
import Glibc
import Platform

/// The directory of one test; its name tells the process that made it.
struct TestRoot: Sendable {
    private static let prefix = "ensemble-faults-"
    private static var parent: String { ProcessEnvironment.current["TMPDIR"] ?? "/tmp" }

    let path: String
    var shared: String { path + "/shared" }
    /// Where the shared directory is while it is "gone".
    var hiddenShared: String { path + "/shared.away" }
    func disk(_ host: Int) -> String { "\(path)/h\(host)" }
    func log(_ host: Int) -> String { "\(path)/h\(host).log" }
    func clock(_ host: Int) -> String { "\(path)/h\(host).clock" }

    static func make() throws -> TestRoot {
        let root = TestRoot(path: "\(parent)/\(prefix)\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(atPath: root.shared, withIntermediateDirectories: true)
        return root
    }

    /// Every process that works in it: Exhibitors and their servers.
    var processes: [Int32] {
        ProcessTable.processIDs().filter { pid in
            pid != getpid() && ProcessTable.commandLine(of: pid).contains { $0.contains(path + "/") }
        }
    }

    /// Ends all processes and removes everything.
    func remove(keepsFiles: Bool = false) async {
        await killAll()
        _ = try? await Command.shell("grep -o ' \(path)/[^ ]*' /proc/self/mounts | sort -u | while read -r at; do umount -l \"$at\"; done")
        if !keepsFiles { try? FileManager.default.removeItem(atPath: path) }
    }

    private func killAll() async {
        // Twice: an Exhibitor may have started a server between the look and the kill.
        for _ in 0..<50 {
            let left = processes
            if left.isEmpty { return }
            for pid in left { kill(pid, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Removes what test processes left that are no more.
    static func sweep() async {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            guard let pid = Int32(name.dropFirst(prefix.count).prefix { $0.isNumber }), TestNetwork.isGone(pid) else { continue }
            await TestRoot(path: "\(parent)/\(name)").remove()
        }
    }
}
