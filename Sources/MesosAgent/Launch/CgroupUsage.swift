import ResourceModel

/// What a container uses, as its control groups tell (contracts/mesos.md §6.2).
struct CgroupUsage: Sendable, Hashable {
    /// Bytes.
    var memoryTotal: Int?
    var memoryRSS: Int?
    var memoryCache: Int?
    var memoryMapped: Int?
    var memorySwap: Int?
    var memoryUnevictable: Int?
    var memorySoftLimit: Int?
    var memoryLimit: Int?
    var userSeconds: Double?
    var systemSeconds: Double?
    var periods: Int?
    var throttledPeriods: Int?
    var throttledSeconds: Double?

    /// Members of ResourceStatistics that are known.
    var members: [(String, JSONValue)] {
        let counts: [(String, Int?)] = [
            ("mem_total_bytes", memoryTotal), ("mem_cache_bytes", memoryCache), ("mem_anon_bytes", memoryRSS),
            ("mem_file_bytes", memoryCache), ("mem_mapped_file_bytes", memoryMapped), ("mem_swap_bytes", memorySwap),
            ("mem_unevictable_bytes", memoryUnevictable), ("mem_soft_limit_bytes", memorySoftLimit), ("cpus_nr_periods", periods),
            ("cpus_nr_throttled", throttledPeriods),
        ]
        var members = counts.compactMap { name, value in value.map { (name, JSONValue.int($0)) } }
        if let throttledSeconds { members.append(("cpus_throttled_time_secs", .double(throttledSeconds))) }
        return members
    }
}

extension Cgroups {
    /// Blocks.
    func usage(_ container: ContainerID) -> CgroupUsage {
        var usage = CgroupUsage()
        if let path = layout.group(.memory, container) { readMemory(path, &usage) }
        if let path = layout.group(.cpu, container) { readProcessor(path, container, &usage) }
        return usage
    }

    private func readMemory(_ path: String, _ usage: inout CgroupUsage) {
        let stat = FileText.read(path + "/memory.stat") ?? ""
        func field(_ v1: String, _ v2: String) -> Int? { Self.field(layout.version == .v1 ? v1 : v2, of: stat) }
        usage.memoryRSS = field("total_rss", "anon")
        usage.memoryCache = field("total_cache", "file")
        usage.memoryMapped = field("total_mapped_file", "file_mapped")
        usage.memoryUnevictable = field("total_unevictable", "unevictable")
        switch layout.version {
        case .v1:
            usage.memoryTotal = number(path + "/memory.usage_in_bytes")
            usage.memorySoftLimit = number(path + "/memory.soft_limit_in_bytes")
            usage.memoryLimit = number(path + "/memory.limit_in_bytes")
            usage.memorySwap = Self.field("total_swap", of: stat)
        case .v2:
            usage.memoryTotal = number(path + "/memory.current")
            usage.memorySoftLimit = number(path + "/memory.low")
            usage.memoryLimit = number(path + "/memory.max")
            usage.memorySwap = number(path + "/memory.swap.current")
        }
    }

    private func readProcessor(_ path: String, _ container: ContainerID, _ usage: inout CgroupUsage) {
        let stat = FileText.read(path + "/cpu.stat") ?? ""
        switch layout.version {
        case .v1:
            if let accounting = layout.group(.cpuacct, container), let text = FileText.read(accounting + "/cpuacct.stat") {
                // In ticks of a hundredth of a second, whatever the kernel's own are.
                usage.userSeconds = Self.field("user", of: text).map { Double($0) / 100 }
                usage.systemSeconds = Self.field("system", of: text).map { Double($0) / 100 }
            }
        case .v2:
            usage.userSeconds = Self.field("user_usec", of: stat).map { Double($0) / 1e6 }
            usage.systemSeconds = Self.field("system_usec", of: stat).map { Double($0) / 1e6 }
        }
        guard layout.enablesQuota else { return }
        usage.periods = Self.field("nr_periods", of: stat)
        usage.throttledPeriods = Self.field("nr_throttled", of: stat)
        usage.throttledSeconds =
            layout.version == .v1
            ? Self.field("throttled_time", of: stat).map { Double($0) / 1e9 }
            : Self.field("throttled_usec", of: stat).map { Double($0) / 1e6 }
    }
}
