import Glibc
import ResourceModel

/// What this machine has, and who it is.
struct Machine: Sendable, Hashable {
    var processors: Int
    /// MB.
    var memory: Double
    /// Size in MB of the file system that holds the work directory.
    var disk: Double

    /// - directory: exists.
    static func detect(directory: String) -> Machine {
        var machine = Machine(processors: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), memory: 0, disk: 0)
        machine.memory = Double(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
        var fileSystem = statvfs()
        if statvfs(directory, &fileSystem) == 0 {
            machine.disk = Double(UInt64(fileSystem.f_blocks) * UInt64(fileSystem.f_frsize)) / 1_048_576
        }
        return machine
    }

    /// Adds what a configuration does not name (contracts/mesos.md §12.3).
    func complete(_ given: [Resource], role: String) -> [Resource] {
        let names = Set(given.map(\.name))
        var result = given
        if !names.contains("cpus") { result.append(.scalar("cpus", Double(processors), role: role)) }
        if !names.contains("mem") {
            result.append(.scalar("mem", (memory >= 2048 ? memory - 1024 : memory / 2).rounded(.down), role: role))
        }
        if !names.contains("disk") {
            result.append(.scalar("disk", (disk >= 10240 ? disk - 5120 : disk / 2).rounded(.down), role: role))
        }
        if !names.contains("ports") { result.append(.ranges("ports", [31000...32000], role: role)) }
        return result
    }

    /// Differs after every boot. Empty when the kernel does not tell.
    static func bootID() -> String {
        guard let text = FileText.read("/proc/sys/kernel/random/boot_id", limit: 128) else { return "" }
        return String(text.prefix { $0 != "\n" })
    }
}
