import Glibc
import ResourceModel

/// Containers as control groups of version 1 (contracts/mesos.md §16): `<hierarchy>/<controller>/<root>/<container id>`.
/// Every function blocks.
struct Cgroups: Sendable, Hashable {
    enum Controller: String, Sendable, CaseIterable {
        case cpu, cpuacct, memory
    }

    struct Limits: Sendable, Hashable {
        var cpus: Double
        /// Bytes.
        var memory: Int
    }

    let hierarchy: String
    let root: String
    let enablesQuota: Bool
    let controllers: [Controller]

    /// What the flag `--isolation` asks for; nil: nothing of it.
    /// - Throws: with the reason why it cannot be had.
    static func probe(isolation: [String], hierarchy: String, root: String, enablesQuota: Bool) throws -> Cgroups? {
        var controllers: [Controller] = []
        if isolation.contains("cgroups/cpu") { controllers += [.cpu, .cpuacct] }
        if isolation.contains("cgroups/mem") { controllers.append(.memory) }
        guard !controllers.isEmpty else { return nil }
        let groups = Cgroups(hierarchy: hierarchy, root: root, enablesQuota: enablesQuota, controllers: controllers)
        for controller in controllers {
            let path = "\(hierarchy)/\(controller.rawValue)/\(root)"
            if mkdir(path, 0o755) != 0, errno != EEXIST {
                throw SystemFailure("isolation needs the cgroup \(path), which cannot be created")
            }
            guard access(path + "/cgroup.procs", W_OK) == 0 else {
                throw SystemFailure("isolation needs \(path)/cgroup.procs to be writable")
            }
        }
        return groups
    }

    private func path(_ controller: Controller, _ container: ContainerID) -> String {
        "\(hierarchy)/\(controller.rawValue)/\(root)/\(container)"
    }

    /// - Returns: the files a process enters the groups by.
    func create(_ container: ContainerID, _ limits: Limits) throws -> [String] {
        try controllers.map { controller in
            let path = path(controller, container)
            if mkdir(path, 0o755) != 0, errno != EEXIST { throw SystemFailure("cannot create cgroup \(path)") }
            switch controller {
            case .cpu:
                try write("cpu.shares", max(2, Int(1024 * limits.cpus)), path)
                if enablesQuota {
                    try write("cpu.cfs_period_us", 100_000, path)
                    try write("cpu.cfs_quota_us", max(1000, Int(100_000 * limits.cpus)), path)
                }
            case .cpuacct: break
            case .memory:
                let bytes = max(32 << 20, limits.memory)
                try write("memory.limit_in_bytes", bytes, path)
                try write("memory.soft_limit_in_bytes", bytes, path)
            }
            return path + "/cgroup.procs"
        }
    }

    /// The memory limit and the most that was used, if the kernel has killed for it.
    func memoryKill(_ container: ContainerID) -> (limit: Int, used: Int)? {
        guard controllers.contains(.memory) else { return nil }
        let path = path(.memory, container)
        guard let control = FileText.read(path + "/memory.oom_control"), let kills = Self.field("oom_kill", of: control), kills > 0,
            let limit = number(path + "/memory.limit_in_bytes")
        else { return nil }
        return (limit, number(path + "/memory.max_usage_in_bytes") ?? limit)
    }

    /// Kills what is still inside.
    func killAll(_ container: ContainerID) {
        for controller in controllers {
            let text = FileText.read(path(controller, container) + "/cgroup.procs") ?? ""
            for line in text.split(separator: "\n") {
                if let pid = Int32(line), pid > 1 { kill(pid, SIGKILL) }
            }
        }
    }

    /// - Returns: false while processes that are ending hold a group.
    func remove(_ container: ContainerID) -> Bool {
        controllers.reduce(true) { done, controller in
            let removed = rmdir(path(controller, container)) == 0 || errno == ENOENT
            return done && removed
        }
    }

    /// Containers that have groups here.
    func containers() -> Set<ContainerID> {
        var result: Set<ContainerID> = []
        for controller in controllers {
            let path = "\(hierarchy)/\(controller.rawValue)/\(root)"
            for name in DirectoryTree.names(path) where DirectoryTree.isDirectory(path + "/" + name) { result.insert(ContainerID(name)) }
        }
        return result
    }

    private func write(_ name: String, _ value: Int, _ path: String) throws {
        let file = open(path + "/" + name, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemFailure("cannot open \(path)/\(name)") }
        defer { close(file) }
        do { try SandboxFile.write(Array("\(value)".utf8), to: file) } catch { throw SystemFailure("cannot write \(path)/\(name)") }
    }

    private func number(_ path: String) -> Int? {
        FileText.read(path, limit: 64).flatMap { Int($0.filter { !$0.isWhitespace }) }
    }

    private static func field(_ name: String, of text: String) -> Int? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return Int(words[1]) }
        }
        return nil
    }

    // MARK: Statistics

    struct Usage: Sendable, Hashable {
        var memoryTotal: Int?
        var memoryRSS: Int?
        var memoryCache: Int?
        var memoryMapped: Int?
        var memorySoftLimit: Int?
        var periods: Int?
        var throttledPeriods: Int?
        var throttledSeconds: Double?
    }

    func usage(_ container: ContainerID) -> Usage {
        var usage = Usage()
        if controllers.contains(.memory) {
            let path = path(.memory, container)
            usage.memoryTotal = number(path + "/memory.usage_in_bytes")
            usage.memorySoftLimit = number(path + "/memory.soft_limit_in_bytes")
            let stat = FileText.read(path + "/memory.stat") ?? ""
            usage.memoryRSS = Self.field("total_rss", of: stat)
            usage.memoryCache = Self.field("total_cache", of: stat)
            usage.memoryMapped = Self.field("total_mapped_file", of: stat)
        }
        if controllers.contains(.cpu), enablesQuota {
            let stat = FileText.read(path(.cpu, container) + "/cpu.stat") ?? ""
            usage.periods = Self.field("nr_periods", of: stat)
            usage.throttledPeriods = Self.field("nr_throttled", of: stat)
            usage.throttledSeconds = Self.field("throttled_time", of: stat).map { Double($0) / 1e9 }
        }
        return usage
    }
}
