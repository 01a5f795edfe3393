import ResourceModel

/// Where a container's control groups are and what is written into their files (contracts/mesos.md §16). Computes only.
struct CgroupLayout: Sendable, Hashable {
    enum Version: Sendable, Hashable {
        case v1, v2
    }

    enum Controller: String, Sendable, CaseIterable {
        case cpu, cpuacct, memory, pids
    }

    struct Limits: Sendable, Hashable {
        /// All of them, revocable ones included.
        var cpus: Double
        /// The part that may be taken back: it weighs next to nothing.
        var revocableCPUs = 0.0
        /// Bytes.
        var memory: Int

        /// What a container is limited to: never less memory than the original grants.
        var grantedMemory: Int { max(32 << 20, memory) }
    }

    /// One write into a file of a group.
    struct Setting: Sendable, Hashable {
        var file: String
        var value: String
        init(_ file: String, _ value: some CustomStringConvertible) {
            self.file = file
            self.value = value.description
        }
    }

    var version: Version
    /// v1: the directory in which each controller is mounted under its name; v2: the mount itself.
    var hierarchy: String
    /// Parent of the containers' groups, relative.
    var root: String
    var enablesQuota = false
    var limitsSwap = false
    var controllers: [Controller]

    /// Directories that hold containers.
    var parents: [String] {
        switch version {
        case .v1: controllers.map { "\(hierarchy)/\($0.rawValue)/\(root)" }
        case .v2: ["\(hierarchy)/\(root)"]
        }
    }

    /// The agent's own groups, beside those of its containers.
    func agentGroups(_ subsystems: [String]) -> [String] {
        switch version {
        case .v1: subsystems.map { "\(hierarchy)/\($0)/\(root)/slave" }
        case .v2: subsystems.isEmpty ? [] : ["\(hierarchy)/\(root)/agent/leaf"]
        }
    }

    /// What is in `parents` and no container.
    static let ownNames: Set<String> = ["slave", "agent"]

    /// The group whose files say what a container may use and uses; nil: the controller is not in use.
    func group(_ controller: Controller, _ container: ContainerID) -> String? {
        guard controllers.contains(controller) else { return nil }
        switch version {
        case .v1: return "\(hierarchy)/\(controller.rawValue)/\(root)/\(container)"
        case .v2: return "\(hierarchy)/\(root)/\(container)"
        }
    }

    /// All directories of a container, parents first.
    func directories(_ container: ContainerID) -> [String] {
        switch version {
        case .v1: controllers.compactMap { group($0, container) }
        case .v2: ["\(hierarchy)/\(root)/\(container)", "\(hierarchy)/\(root)/\(container)/leaf"]
        }
    }

    /// Groups that processes enter: in v2 a group with controllers below it holds none.
    func processGroups(_ container: ContainerID) -> [String] {
        switch version {
        case .v1: directories(container)
        case .v2: ["\(hierarchy)/\(root)/\(container)/leaf"]
        }
    }

    /// Writes that let the groups below v2's root have controllers: the names of directories and what to write into their
    /// `cgroup.subtree_control`. Of `cpuacct` there is no such controller: `cpu` counts.
    var delegations: [(directory: String, value: String)] {
        guard version == .v2 else { return [] }
        let names = controllers.filter { $0 != .cpuacct }.map { "+" + $0.rawValue }.joined(separator: " ")
        guard !names.isEmpty else { return [] }
        var directories = [hierarchy]
        for component in root.split(separator: "/") { directories.append((directories.last ?? hierarchy) + "/" + component) }
        return directories.map { ($0, names) }
    }

    /// What is written into a controller's group, in order.
    /// - raising: the hard memory limit of a running container: it is only ever raised, since lowering it would kill; nil: at
    ///   its start.
    func settings(_ controller: Controller, _ limits: Limits, raising present: Int? = nil) -> [Setting] {
        switch (controller, version) {
        case (.cpuacct, _): return []
        case (.pids, _): return [Setting("pids.max", "max")]
        case (.cpu, .v1):
            let shares = 1024 * (limits.cpus - limits.revocableCPUs) + 10 * limits.revocableCPUs
            return [Setting("cpu.shares", max(2, Int(shares)))]
                + (enablesQuota ? [Setting("cpu.cfs_period_us", Self.period), Setting("cpu.cfs_quota_us", quota(limits))] : [])
        case (.cpu, .v2):
            let weight = 100 * (limits.cpus - limits.revocableCPUs) + limits.revocableCPUs
            return [Setting("cpu.weight", min(10000, max(1, Int(weight))))]
                + (enablesQuota ? [Setting("cpu.max", "\(quota(limits)) \(Self.period)")] : [])
        case (.memory, .v1):
            let bytes = limits.grantedMemory
            var settings = [Setting("memory.soft_limit_in_bytes", bytes)]
            guard present.map({ bytes > $0 }) ?? true else { return settings }
            let hard = Setting("memory.limit_in_bytes", bytes)
            let swap = limitsSwap ? [Setting("memory.memsw.limit_in_bytes", bytes)] : []
            // Memory and swap together are never less than memory alone: which comes first depends on the direction.
            settings += present == nil ? [hard] + swap : swap + [hard]
            return settings
        case (.memory, .v2):
            let bytes = limits.grantedMemory
            var settings = [Setting("memory.low", bytes)]
            if present.map({ bytes > $0 }) ?? true { settings.append(Setting("memory.max", bytes)) }
            if limitsSwap, present == nil { settings.append(Setting("memory.swap.max", 0)) }
            return settings
        }
    }

    private static let period = 100_000

    /// Microseconds of a period, at least one millisecond.
    private func quota(_ limits: Limits) -> Int { max(1000, Int(Double(Self.period) * limits.cpus)) }

    // MARK: Detection

    /// What a machine has under `hierarchy`: only v1, only v2, or both with v2 at `unified`. A controller belongs to one
    /// version at a time; v1 is taken where it has all that is asked for.
    /// - Parameters:
    ///   - isUnified: whether a path is the mount of v2.
    ///   - unifiedControllers: names in `cgroup.controllers` of such a mount.
    ///   - exists: whether a v1 controller is mounted at a path.
    /// - Returns: nil when no single version has them all.
    static func detect(
        hierarchy: String, controllers: [Controller], isUnified: (String) -> Bool, unifiedControllers: (String) -> Set<String>,
        exists: (String) -> Bool
    ) -> (version: Version, hierarchy: String)? {
        let needed = Set(controllers.filter { $0 != .cpuacct }.map(\.rawValue))
        if isUnified(hierarchy) {
            return needed.isSubset(of: unifiedControllers(hierarchy)) ? (.v2, hierarchy) : nil
        }
        if controllers.allSatisfy({ exists("\(hierarchy)/\($0.rawValue)") }) { return (.v1, hierarchy) }
        let unified = hierarchy + "/unified"
        if isUnified(unified), needed.isSubset(of: unifiedControllers(unified)) { return (.v2, unified) }
        return nil
    }
}
