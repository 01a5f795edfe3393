import Glibc
import ResourceModel
import TaskProcess

/// Containers that nobody remembers: their groups are destroyed when the agent starts (contracts/mesos.md §15.7, 3). Those
/// of another agent that shares the parent group are let be. Every function blocks.
struct OrphanCgroups: Sendable {
    let cgroups: Cgroups
    /// The agent's work directory, without symbolic links.
    let work: String

    /// An empty group that is younger may be that of a launch under way, in seconds.
    private static let launchTime = 60

    init(cgroups: Cgroups, work: String) {
        self.cgroups = cgroups
        let resolved = realpath(work, nil)
        defer { free(resolved) }
        self.work = resolved.map { String(cString: $0) } ?? work
    }

    /// - known: containers that the agent has recovered.
    func find(except known: Set<ContainerID>) -> [ContainerID] {
        let table = ProcessTable.current()
        return cgroups.containers().subtracting(known).filter { !belongsToAnother($0, table) }.sorted()
    }

    /// - Returns: false when something in it does not go away.
    func destroy(_ container: ContainerID) -> Bool {
        for _ in 0..<100 {
            cgroups.killAll(container)
            if cgroups.remove(container) { return true }
            usleep(20_000)
        }
        return false
    }

    private func belongsToAnother(_ container: ContainerID, _ table: ProcessTable) -> Bool {
        var isEmpty = true
        for group in cgroups.layout.processGroups(container) {
            for line in (FileText.read(group + "/cgroup.procs") ?? "").split(separator: "\n") {
                guard let pid = Int32(line) else { continue }
                isEmpty = false
                if let directory = supervisorDirectory(of: pid, table) { return !directory.hasPrefix(work + "/") }
            }
        }
        guard isEmpty, let group = cgroups.layout.directories(container).first, let made = DirectoryTree.information(group) else {
            return false
        }
        return time(nil) - made.st_mtim.tv_sec < Self.launchTime
    }

    /// Where the supervisor among the ancestors works: the run's directory.
    private func supervisorDirectory(of pid: Int32, _ table: ProcessTable) -> String? {
        var pid = pid
        for _ in 0..<64 where pid > 1 {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let length = readlink("/proc/\(pid)/cwd", &buffer, buffer.count - 1)
            let directory = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if length > 0, access(directory + "/" + ShimFiles.lock, F_OK) == 0 { return directory }
            pid = table.entries[pid]?.parent ?? 0
        }
        return nil
    }
}
