import Glibc
import ResourceModel

/// Containers as control groups, of version 1 or 2 (contracts/mesos.md §16). Every function blocks.
struct Cgroups: Sendable, Hashable {
    typealias Controller = CgroupLayout.Controller
    typealias Limits = CgroupLayout.Limits

    let layout: CgroupLayout

    var hierarchy: String { layout.hierarchy }
    var root: String { layout.root }

    /// What the flag `--isolation` asks for; nil: nothing of it.
    /// - Throws: with the reason why it cannot be had.
    static func probe(
        isolation: [String], hierarchy: String, root: String, enablesQuota: Bool, limitsSwap: Bool = false
    ) throws -> Cgroups? {
        var controllers: [Controller] = []
        if isolation.contains("cgroups/cpu") { controllers += [.cpu, .cpuacct] }
        if isolation.contains("cgroups/mem") { controllers.append(.memory) }
        if isolation.contains("cgroups/pids") { controllers.append(.pids) }
        guard !controllers.isEmpty else { return nil }
        let found = CgroupLayout.detect(
            hierarchy: hierarchy, controllers: controllers, isUnified: isUnified,
            unifiedControllers: {
                Set((FileText.read($0 + "/cgroup.controllers") ?? "").split(whereSeparator: \.isWhitespace).map(String.init))
            },
            exists: { access($0 + "/cgroup.procs", F_OK) == 0 })
        guard let found else {
            throw SystemFailure(
                "isolation \(isolation.joined(separator: ",")) needs the cgroup controllers "
                    + "\(controllers.map(\.rawValue).joined(separator: ", ")) below \(hierarchy), of version 1 or of version 2",
                code: ENOENT)
        }
        let groups = Cgroups(
            layout: CgroupLayout(
                version: found.version, hierarchy: found.hierarchy, root: root, enablesQuota: enablesQuota, limitsSwap: limitsSwap,
                controllers: controllers))
        try groups.prepare()
        return groups
    }

    /// Only version 2 has this file.
    private static func isUnified(_ path: String) -> Bool { access(path + "/cgroup.controllers", F_OK) == 0 }

    /// The groups that hold containers.
    /// - Throws: `SystemFailure` naming what cannot be used.
    func prepare() throws {
        for path in layout.parents {
            do { try DirectoryTree.create(path, mode: 0o755) } catch {
                throw SystemFailure("isolation needs the cgroup \(path), which cannot be created")
            }
            guard access(path + "/cgroup.procs", W_OK) == 0 else {
                throw SystemFailure("isolation needs \(path)/cgroup.procs to be writable")
            }
        }
        for (directory, value) in layout.delegations { try write(.init("cgroup.subtree_control", value), directory) }
    }

    /// Puts this process into its own groups (`--agent_subsystems`).
    func enterOwn(_ subsystems: [String]) throws {
        for path in layout.agentGroups(subsystems) {
            try DirectoryTree.create(path, mode: 0o755)
            try write(.init("cgroup.procs", getpid()), path)
        }
    }

    /// - Returns: the files a process enters the groups by.
    func create(_ container: ContainerID, _ limits: Limits) throws -> [String] {
        for path in layout.directories(container) where mkdir(path, 0o755) != 0 && errno != EEXIST {
            throw SystemFailure("cannot create cgroup \(path)")
        }
        for controller in layout.controllers {
            guard let path = layout.group(controller, container) else { continue }
            for setting in layout.settings(controller, limits) { try write(setting, path) }
        }
        return layout.processGroups(container).map { $0 + "/cgroup.procs" }
    }

    /// Changes what a running container may use; its memory limit is only raised.
    func update(_ container: ContainerID, _ limits: Limits) throws {
        for controller in layout.controllers {
            guard let path = layout.group(controller, container) else { continue }
            let present = controller == .memory ? hardLimit(path) ?? .max : nil
            for setting in layout.settings(controller, limits, raising: present) { try write(setting, path) }
        }
    }

    private func hardLimit(_ path: String) -> Int? {
        number(path + (layout.version == .v1 ? "/memory.limit_in_bytes" : "/memory.max"))
    }

    /// The end by memory, if the kernel has killed for it.
    func memoryKill(_ container: ContainerID) -> TaskEnd? {
        guard let path = layout.group(.memory, container) else { return nil }
        let (events, peak) =
            switch layout.version {
            case .v1: ("/memory.oom_control", "/memory.max_usage_in_bytes")
            case .v2: ("/memory.events", "/memory.peak")
            }
        guard let text = FileText.read(path + events), let kills = Self.field("oom_kill", of: text), kills > 0,
            let limit = hardLimit(path)
        else { return nil }
        let statistics = FileText.read(path + "/memory.stat", limit: 8192) ?? ""
        return .memory(
            limit: limit, used: number(path + peak) ?? limit, statistics: String(statistics.drop { $0.isNewline }))
    }

    /// Kills what is still inside.
    func killAll(_ container: ContainerID) {
        if layout.version == .v2, let path = layout.directories(container).first,
            (try? write(.init("cgroup.kill", 1), path)) != nil
        {
            return
        }
        for path in layout.processGroups(container) {
            for line in (FileText.read(path + "/cgroup.procs") ?? "").split(separator: "\n") {
                if let pid = Int32(line), pid > 1 { kill(pid, SIGKILL) }
            }
        }
    }

    /// - Returns: false while processes that are ending hold a group.
    func remove(_ container: ContainerID) -> Bool {
        layout.directories(container).reversed().reduce(true) { done, path in
            let removed = rmdir(path) == 0 || errno == ENOENT
            return done && removed
        }
    }

    /// Containers that have groups here.
    func containers() -> Set<ContainerID> {
        var result: Set<ContainerID> = []
        for path in layout.parents {
            for name in DirectoryTree.names(path)
            where !CgroupLayout.ownNames.contains(name) && DirectoryTree.isDirectory(path + "/" + name) {
                result.insert(ContainerID(name))
            }
        }
        return result
    }

    private func write(_ setting: CgroupLayout.Setting, _ path: String) throws {
        let file = open(path + "/" + setting.file, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemFailure("cannot open \(path)/\(setting.file)") }
        defer { close(file) }
        do { try SandboxFile.write(Array(setting.value.utf8), to: file) } catch {
            throw SystemFailure("cannot write '\(setting.value)' to \(path)/\(setting.file)")
        }
    }

    /// Nil for what is no number, such as `max`.
    func number(_ path: String) -> Int? {
        FileText.read(path, limit: 64).flatMap { Int($0.filter { !$0.isWhitespace }) }
    }

    static func field(_ name: String, of text: String) -> Int? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == name { return Int(words[1]) }
        }
        return nil
    }
}
