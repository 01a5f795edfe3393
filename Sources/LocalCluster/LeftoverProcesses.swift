import FoundationEssentials
import Glibc
import Platform

/// Processes that belong to a cluster although nobody supervises them any more: those that name its directory on their
/// command line (daemons, ZooKeeper servers, task shims), and all their descendants (tasks).
public struct LeftoverProcesses: Sendable {
    private let root: String

    public init(of directory: ClusterDirectory) { root = directory.root }

    public func find() -> [Int32] {
        var parents: [Int32: Int32] = [:]
        var roots: [Int32] = []
        let own = getpid()
        for pid in ProcessTable.processIDs() where pid != own {
            guard let identity = ProcessTable.identity(of: pid) else { continue }
            parents[pid] = identity.parent
            let words = ProcessTable.commandLine(of: pid)
            guard let name = words.first.map({ $0.split(separator: "/").last.map(String.init) ?? $0 }) else { continue }
            if ["dcosd", "task-shim", "java"].contains(name), words.dropFirst().contains(where: mentionsRoot) { roots.append(pid) }
        }
        var found = Set(roots)
        var grew = true
        while grew {
            grew = false
            for (pid, parent) in parents where found.contains(parent) && found.insert(pid).inserted { grew = true }
        }
        return found.sorted()
    }

    private func mentionsRoot(_ word: String) -> Bool {
        word.split(separator: "=").contains { $0 == root || $0.hasPrefix(root + "/") }
    }

    /// Kills them all and waits until they are gone.
    /// - Returns: how many there were.
    @discardableResult
    public func end() async -> Int {
        var count = 0
        // Descendants may appear while their parents are being killed.
        for _ in 0..<20 {
            let handles = find().compactMap { try? ProcessHandle(pid: $0) }
            if handles.isEmpty { break }
            count += handles.count
            for handle in handles { handle.send(signal: SIGKILL) }
            for handle in handles { _ = await handle.waitForExit() }
        }
        return count
    }
}
